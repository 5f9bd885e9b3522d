/** `towline backup list`: the backups that devices say they have. */
import type { Command } from 'commander';
import { formatDuration } from '../../core/duration.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { Lookout } from '../status/sight.ts';
import { type BackupFleetOptions, withBackupFleet } from './fleet-options.ts';
import { type BackupRow, type BackupTrouble, backupsIn } from './rows.ts';
import { schedulesOf } from './schedules.ts';

interface ListOptions extends BackupFleetOptions {
  readonly selector?: string;
  readonly app?: string;
  readonly json?: boolean;
}

const columns = ['DEVICE', 'APP', 'BACKUP', 'AGE', 'RELEASE', 'WHY', 'SIZE', 'WHERE'];

async function list(devices: readonly string[], options: ListOptions, signal: AbortSignal): Promise<void> {
  await using lookout = await Lookout.open({ ...options, devices }, signal);
  const sight = await lookout.look(signal);
  const nowMs = Date.now();
  const schedules = await schedulesOf(options.repo, sight);
  const { backups, more, troubles } = backupsIn(sight, { nowMs, schedules, app: options.app });
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ fleet: sight.fleet.name, commit: sight.fleet.commit, backups, more, troubles });
  } else {
    if (backups.length === 0) terminal.line('No device says that it has a backup.');
    else
      terminal.table(
        columns,
        backups.map(row => cellsOf(row, nowMs)),
      );
    if (more > 0) terminal.line(`and ${more} older, on the devices`);
    for (const trouble of troubles) terminal.line(troubleWords(trouble));
  }
  process.exitCode = troubles.length === 0 ? exitCode.ok : exitCode.problems;
}

function cellsOf(row: BackupRow, nowMs: number): string[] {
  const { device, app, backup, release = '-', cause, bytes, where } = row;
  const age = `${ageWords(row, nowMs)}${row.overdue === true ? ', overdue' : ''}`;
  return [device, app, backup, age, release, cause, formatBytes(bytes), where.join(', ')];
}

/** In its two largest units; of a device whose clock is ahead, none. */
export function ageWords({ time }: Pick<BackupRow, 'time'>, nowMs: number): string {
  const minutes = Math.floor(Math.max(0, nowMs - Date.parse(time)) / 60_000);
  const whole = formatDuration(minutes * 60_000);
  return minutes === 0 ? '0m' : (/^(?:[0-9]+[a-z]+){1,2}/.exec(whole)?.[0] ?? whole);
}

export function troubleWords({ device, app, code, message }: BackupTrouble): string {
  return `${[device, app].filter(Boolean).join(' ')}: ${[code, message].filter(Boolean).join(': ')}`;
}

export function registerBackupList(backup: Command, stop: Stop): void {
  withBackupFleet(
    backup
      .command('list')
      .description('List the backups that devices have, as they have signed it: age, release, size, where.')
      .argument('[devices...]', 'ids of devices (default: all)')
      .addOption(selectorOption())
      .option('--app <app>', 'of this app alone'),
  )
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline backup list pump-4', 'of one device'],
        ['towline backup list -l group=stable --app shop --json', 'of one app, for a script'],
      ]),
    )
    .action((devices: string[], options: ListOptions) => list(devices, options, stop()));
}
