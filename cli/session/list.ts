/** `towline session list`: who was where, when, by what the devices have signed. */
import type { Command } from 'commander';
import { isTowlineError } from '../../core/errors.ts';
import { checkLedger, type LedgerRecording } from '../../core/recording/ledger-check.ts';
import { readRecordingLine } from '../../core/recording/recording-line.ts';
import { timeWord } from '../../core/time-word.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { sayAside } from '../telemetry/reading-options.ts';
import { withFleetOptions } from './fleet-options.ts';
import { type FleetOptions, type KeptOfDevice, RecordedFleet } from './recorded-fleet.ts';

interface ListOptions extends FleetOptions {
  readonly json?: boolean;
}

interface Row {
  readonly device: string;
  readonly recording: string;
  readonly operator: string;
  readonly service: string;
  readonly started: string;
  readonly seconds?: number;
  readonly bytes: number;
  /** `gone`: the ledger names it, and the gateway does not have it (any more). */
  readonly state: 'ended' | 'open' | 'gone';
}

async function list(device: string | undefined, options: ListOptions, signal: AbortSignal): Promise<void> {
  const fleet = await RecordedFleet.open(options);
  const devices = device === undefined ? [...(await fleet.devices(signal)).keys()] : [fleet.known(device)];
  const rows: Row[] = [];
  let isFaulty = false;
  for (const one of devices) {
    const kept = await fleet.kept(one, signal);
    try {
      const question = { fleet: fleet.name, device: one, lines: kept.ledger, heads: [] };
      const { recordings } = checkLedger({ ...question, seals: await fleet.seals(one) });
      rows.push(...[...recordings.values()].map(named => rowOf(one, named, kept)));
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      sayAside(`${one}: ${error.code}: ${error.message}`);
      isFaulty = true;
    }
  }
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ recordings: rows });
  else if (rows.length === 0) terminal.line('No session was recorded.');
  else {
    const head = ['RECORDING', 'DEVICE', 'WHO', 'WHERE', 'BEGAN', 'SECONDS', 'STATE'];
    const cells = rows.map(({ recording, device: at, operator, service, started, seconds, state }) => [
      ...[recording, at, operator, service, started],
      ...[seconds === undefined ? '' : String(seconds), state],
    ]);
    terminal.table(head, cells);
  }
  process.exitCode = isFaulty ? exitCode.problems : exitCode.ok;
}

function rowOf(
  device: string,
  { recording, begin, end }: LedgerRecording,
  { recordings }: KeptOfDevice,
): Row {
  const kept = recordings.get(recording);
  const head = kept === undefined ? undefined : headOf(kept.head);
  const startedMs = begin?.timeMs ?? head?.startedMs ?? 0;
  return {
    ...{ device, recording },
    operator: head?.operator ?? '',
    service: head === undefined ? '' : `${head.app}.${head.service}`,
    started: timeWord(startedMs),
    ...(end === undefined ? {} : { seconds: Math.round((end.timeMs - startedMs) / 1000) }),
    bytes: kept?.bytes ?? 0,
    state: kept === undefined ? 'gone' : end === undefined ? 'open' : 'ended',
  };
}

/** What the gateway shows as its first line: `verify` says whether it is the device's. */
function headOf(line: string) {
  try {
    const read = readRecordingLine(line);
    return read.kind === 'head' ? read.head : undefined;
  } catch {
    return undefined;
  }
}

export function registerList(session: Command, stop: Stop): void {
  withFleetOptions(
    session
      .command('list')
      .description('Show which sessions were recorded: who was where, and when.')
      .argument('[device]', 'of this device alone'),
  )
    .option('--json', 'one JSON object')
    .addHelpText('after', examples([['towline session list pump-17', 'recorded sessions of one device']]))
    .action((device: string | undefined, options: ListOptions) => list(device, options, stop()));
}
