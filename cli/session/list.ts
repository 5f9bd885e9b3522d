/** `towline session list`: who was where, when, by what the devices have signed. */
import type { Command } from 'commander';
import { isTowlineError } from '../../core/errors.ts';
import { checkLedger } from '../../core/recording/ledger-check.ts';
import { type RecordedRow, recordedRow } from '../../core/recording/recorded-row.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { sayAside } from '../telemetry/reading-options.ts';
import { withFleetOptions } from './fleet-options.ts';
import { type FleetOptions, RecordedFleet } from './recorded-fleet.ts';

interface ListOptions extends FleetOptions {
  readonly json?: boolean;
}

async function list(device: string | undefined, options: ListOptions, signal: AbortSignal): Promise<void> {
  const fleet = await RecordedFleet.open(options);
  const devices = device === undefined ? [...(await fleet.devices(signal)).keys()] : [fleet.known(device)];
  const rows: RecordedRow[] = [];
  let isFaulty = false;
  for (const one of devices) {
    const kept = await fleet.kept(one, signal);
    try {
      const question = { fleet: fleet.name, device: one, lines: kept.ledger, heads: [] };
      const { recordings } = checkLedger({ ...question, seals: await fleet.seals(one) });
      for (const { recording, begin, end } of recordings.values()) {
        const facts = { device: one, recording, begin, end, kept: kept.recordings.get(recording) };
        rows.push(recordedRow(facts));
      }
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
