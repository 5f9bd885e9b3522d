/** `towline tunnel list`: which tunnels are open, by whose word, and who is in. */
import type { Command } from 'commander';
import { chosenDevices } from '../../core/change/chosen-devices.ts';
import { FleetProblems, isTowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { desiredTunnel } from '../../core/fleet/tunnel.ts';
import type { EventRecord } from '../../core/telemetry/record/record.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { remoteOptions } from '../change/options.ts';
import { RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { readReports } from '../status/reports.ts';
import { openTelemetry, telemetryPlace } from '../status/telemetry.ts';
import { Reading } from '../telemetry/reading.ts';
import { readingOptions, sayAside } from '../telemetry/reading-options.ts';
import { sinceOf } from '../telemetry/since.ts';
import { isShown, listCells, listColumns, listJson, type PastVisit, type TunnelRow } from './list-rows.ts';
import { askTunnels, type GatewayOptions, gatewayAddress } from './word/gateway-word.ts';
import type { TunnelWord } from './word/tunnel-word.ts';

interface ListOptions extends RemoteOptions, GatewayOptions {
  readonly repo: string;
  readonly selector?: string;
  readonly all?: boolean;
  readonly since?: string;
  readonly json?: boolean;
}

async function list(named: readonly string[], options: ListOptions, signal: AbortSignal): Promise<void> {
  const main = await RemoteMain.open(options);
  await using look = await main.look(signal);
  const { fleet, problems } = await loadFleet(look.reader(), look.trusted.commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  const { selector } = options;
  const isChosen = named.length > 0 || selector !== undefined;
  const choice = { devices: named, ...(selector === undefined ? {} : { selector }) };
  const ids = isChosen ? chosenDevices(choice, fleet, 'main') : [...fleet.devices.keys()];
  const said = await unless('telemetry', () => statusesOf(fleet, ids, options, signal), signal);
  const words = await unless('the gateway', () => wordsOf(main, options, signal), signal);
  const rows = ids.flatMap((device): TunnelRow[] => {
    const layers = layersOf(fleet, device);
    if (layers === undefined) return [];
    const word = words?.get(device);
    return [{ device, desired: desiredTunnel(layers), status: said?.get(device), gateway: word, visits: [] }];
  });
  const nowMs = Date.now();
  const shown = rows.filter(row => isChosen || options.all === true || isShown(row, nowMs));
  const visits = await pastVisits(
    shown.map(({ device }) => device),
    options,
    signal,
  );
  const whole = shown.map(row => ({ ...row, visits: visits?.get(row.device) ?? [] }));
  const terminal = standardTerminal();
  if (options.json === true) {
    const asked = { gateway: words !== undefined, telemetry: said !== undefined };
    terminal.json({ commit: look.trusted.commit, asked, devices: whole.map(listJson) });
    return;
  }
  if (whole.length === 0) terminal.line('no tunnel is open');
  else
    terminal.table(
      listColumns,
      whole.map(row => listCells(row, nowMs)),
    );
}

/** What cannot be asked is said aside, and left out. */
async function unless<Found>(
  what: string,
  ask: () => Promise<Found>,
  signal: AbortSignal,
): Promise<Found | undefined> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    if (!isTowlineError(error)) throw error;
    sayAside(`${what} was not asked: ${error.code} ${error.message}`);
    return undefined;
  }
}

async function statusesOf(
  fleet: Fleet,
  devices: readonly string[],
  { telemetry, repo }: ListOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StatusFile>> {
  await using found = await openTelemetry(await telemetryPlace(telemetry, repo), signal);
  const reports = await readReports({ directory: found.directory, fleet, devices, signal });
  return new Map(reports.flatMap(({ device, status }) => (status === undefined ? [] : [[device, status]])));
}

async function wordsOf(
  main: RemoteMain,
  options: ListOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TunnelWord> | undefined> {
  const address = await gatewayAddress(options, main.remote);
  if (address === undefined) return undefined;
  const words = await askTunnels({ repo: options.repo, address, devices: [] }, signal);
  return new Map(words.map(word => [word.device, word]));
}

/** By the records that devices have signed: what has ended, each with when. */
async function pastVisits(
  devices: readonly string[],
  options: ListOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly PastVisit[]> | undefined> {
  if (options.since === undefined || devices.length === 0) return undefined;
  const sinceMs = sinceOf(options.since, Date.now());
  const { repo, telemetry } = options;
  const shared = { repo, devices, ...(telemetry === undefined ? {} : { telemetry }) };
  const asked = readingOptions(shared, sinceMs, ({ kind }) => kind === 'events');
  return await unless(
    'who was in',
    async () => {
      const found = new Map<string, PastVisit[]>();
      await using reading = await Reading.open(asked, signal);
      for await (const { device, piece } of reading.since(signal)) {
        if (piece.kind !== 'event') continue;
        const ended = piece.records.flatMap(visitOf).filter(({ time }) => Date.parse(time) >= sinceMs);
        found.set(device, [...(found.get(device) ?? []), ...ended].slice(-mostVisits));
      }
      return found;
    },
    signal,
  );
}

/** Of one device. */
const mostVisits = 100;

function visitOf({ name, time, fields = {} }: EventRecord): PastVisit[] {
  const { operator, what, seconds } = fields;
  if (name !== 'access.ended' || typeof operator !== 'string' || typeof what !== 'string') return [];
  return [{ operator, what, time, ...(typeof seconds === 'number' ? { seconds } : {}) }];
}

export function registerTunnelList(tunnel: Command, stop: Stop): void {
  const verb = tunnel
    .command('list')
    .description('Show which tunnels are wanted open, what device and gateway say, and who is in.')
    .argument('[devices...]', 'only these')
    .addOption(selectorOption())
    .option('--all', 'also those that are closed')
    .option('--since <time>', 'also who was in since then, by what devices have signed');
  remoteOptions(verb)
    .option('--gateway <url>', 'the gateway’s SSH port (default: that of telemetry, else of the remote)')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--json', 'one JSON object instead of a table')
    .addHelpText(
      'after',
      examples([
        ['towline tunnel list', 'all that are open by anybody’s word'],
        ['towline tunnel list -l site=berlin --since 1d', 'a site, and who was in since yesterday'],
      ]),
    )
    .action((devices: readonly string[], options: ListOptions) => list(devices, options, stop()));
}
