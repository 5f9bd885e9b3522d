/** `towline status`: what devices last said of themselves, as a table. */
import type { Command } from 'commander';
import { formatDuration } from '../../core/fleet/duration.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import { FleetProblems } from '../command/report-error.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { noSuchDevice } from '../command/unknown-name.ts';
import { openSnapshot } from '../desk/repository.ts';
import { type Fork, findForks } from './forks.ts';
import { type Reported, readReports } from './reports.ts';
import { openTelemetry, telemetryPlace } from './telemetry.ts';

interface StatusOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly telemetry?: string;
  readonly json?: boolean;
}

/** Whole minutes above a minute: nobody reads the seconds of a day. */
function age(time: string, nowMs: number): string {
  const ms = nowMs - Date.parse(time);
  if (ms < 0) return 'in the future';
  const unit = ms >= 86_400_000 ? 3_600_000 : ms >= 60_000 ? 60_000 : 1000;
  return `${formatDuration(Math.floor(ms / unit) * unit)} ago`;
}

/** Why all is not well, in the device's words: of the projects where it is they, and of nothing else. */
function noteOf({ stopped, projects, conditions }: StatusFile): string {
  if (stopped !== undefined) return [stopped.code, stopped.commit?.slice(0, 12)].filter(Boolean).join(' at ');
  const ready = conditions.find(one => one.type === 'Ready');
  if (ready === undefined || ready.status) return '';
  const said = projects.flatMap(({ app, message }) => (message === undefined ? [] : [`${app}: ${message}`]));
  return said.length > 0 ? said.join('; ') : ready.message;
}

/** A retired device is silent for good: that is no news, and nothing to wait for. */
function leavingNote(status: StatusFile, isRetired: boolean): string | undefined {
  if (!isRetired) return undefined;
  return status.outcome === 'retired'
    ? 'has left the fleet'
    : 'is to leave the fleet, and has not said yet that it has';
}

function row({ device, status, doubt }: Reported, fleet: Fleet, nowMs: number): string[] {
  if (status === undefined) return [device, 'not shown', '', '', '', '', `not trusted: ${doubt ?? ''}`];
  const projects = status.projects.map(({ app, release, state }) =>
    `${app} ${release ?? ''} ${state}`.replace('  ', ' '),
  );
  return [
    device,
    status.outcome,
    age(status.time, nowMs),
    status.trusted.commit.slice(0, 12),
    projects.join(', '),
    status.tunnel.state,
    leavingNote(status, fleet.devices.get(device)?.value.retired !== undefined) ?? noteOf(status),
  ];
}

function show(
  terminal: Terminal,
  fleet: Fleet,
  reports: readonly Reported[],
  only: string | undefined,
): void {
  const nowMs = Date.now();
  const silent = [...fleet.devices.keys()].filter(
    id => (only === undefined || id === only) && !reports.some(({ device }) => device === id),
  );
  const rows = [
    ...reports.map(report => row(report, fleet, nowMs)),
    ...silent.map(id => {
      const isRetired = fleet.devices.get(id)?.value.retired !== undefined;
      return [
        id,
        isRetired ? 'retired' : 'silent',
        'never',
        '',
        '',
        '',
        isRetired ? '' : 'has not reported yet',
      ];
    }),
  ];
  const filled = rows.map(cells =>
    cells.map((cell, index) => (index < cells.length - 1 ? cell || '-' : cell)),
  );
  filled.sort(([left = ''], [right = '']) => (left < right ? -1 : 1));
  terminal.table(['DEVICE', 'OUTCOME', 'REPORTED', 'TRUSTS', 'APPS', 'TUNNEL', 'NOTE'], filled);
}

function showForks(terminal: Terminal, forks: readonly Fork[]): void {
  for (const { kind, devices, commits, why } of forks) {
    const [first, second] = commits.map(id => id.slice(0, 12));
    const what = kind === 'fork' ? terminal.colour('red', 'FORK') : terminal.colour('yellow', 'warning');
    terminal.line(`${what}: ${devices[0]} trusts ${first}, ${devices[1]} trusts ${second}: ${why}`);
  }
}

async function status(only: string | undefined, options: StatusOptions, signal: AbortSignal): Promise<void> {
  await using snapshot = await openSnapshot(options);
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  if (only !== undefined && !fleet.devices.has(only)) {
    throw noSuchDevice(only, fleet.devices.keys(), `at ${snapshot.name}`);
  }
  await using telemetry = await openTelemetry(await telemetryPlace(options.telemetry, options.repo), signal);
  const reports = await readReports({ directory: telemetry.directory, fleet, only, signal });
  const forks = await findForks(options.repo, reports, signal);
  const terminal = standardTerminal();
  if (options.json === true) {
    const devices = reports.map(({ device, commit, status: said, doubt }) => ({
      device,
      commit,
      signed: doubt === undefined,
      ...(doubt === undefined ? {} : { doubt }),
      status: said,
    }));
    terminal.json({ fleet: fleet.name, devices, forks });
  } else {
    show(terminal, fleet, reports, only);
    showForks(terminal, forks);
  }
  const isWell =
    reports.every(({ doubt }) => doubt === undefined) && forks.every(({ kind }) => kind !== 'fork');
  process.exitCode = isWell ? exitCode.ok : exitCode.problems;
}

export function registerStatus(command: Command, stop: Stop): void {
  command
    .argument('[device]', 'only this one')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--repo <dir>', 'the fleet repository: it has the keys', '.')
    .option('--commit <rev>', 'the commit to take the keys from (default: HEAD)')
    .option('--json', 'one JSON object with the whole reports instead of a table')
    .addHelpText(
      'after',
      examples([
        [
          'towline status --telemetry ssh://git@gw.acme.com:2222/telemetry.git',
          'over the gateway’s SSH port',
        ],
        [
          'git config towline.telemetry ssh://git@gw.acme.com:2222/telemetry.git && towline status',
          'remember it',
        ],
        ['towline status pump-3 --json', 'one device, for a script'],
      ]),
    )
    .action((only: string | undefined, options: StatusOptions) => status(only, options, stop()));
}
