/** `towline backup show`: one backup, as the device has signed that it has it. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { unknownName } from '../../core/unknown-name.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { Lookout } from '../status/sight.ts';
import { type BackupFleetOptions, withBackupFleet } from './fleet-options.ts';
import { ageWords, troubleWords } from './list.ts';
import { type BackupRow, backupsIn } from './rows.ts';
import { schedulesOf } from './schedules.ts';

interface ShowOptions extends BackupFleetOptions {
  readonly app?: string;
  readonly json?: boolean;
}

async function show(device: string, name: string, options: ShowOptions, signal: AbortSignal): Promise<void> {
  await using lookout = await Lookout.open({ ...options, devices: [device] }, signal);
  const nowMs = Date.now();
  const sight = await lookout.look(signal);
  const schedules = await schedulesOf(options.repo, sight);
  const { backups, troubles } = backupsIn(sight, { nowMs, schedules, app: options.app });
  const row = namedBackup(backups, device, name);
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ ...row });
  else {
    terminal.table(['WHAT', 'IS'], wordsOf(row, nowMs));
    for (const trouble of troubles) terminal.line(troubleWords(trouble));
  }
  process.exitCode = exitCode.ok;
}

/**
 * @param name an id, or `latest`: the newest that no restore has put aside
 * @throws TowlineError CLI_USAGE
 */
export function namedBackup(backups: readonly BackupRow[], device: string, name: string): BackupRow {
  const found =
    name === 'latest'
      ? backups
          .filter(({ cause }) => cause !== 'aside')
          .reduce<BackupRow | undefined>(
            (newest, row) => (newest === undefined || row.time > newest.time ? row : newest),
            undefined,
          )
      : backups.find(({ backup }) => backup === name);
  if (found !== undefined) return found;
  const ids = backups.map(({ backup }) => backup);
  throw new TowlineError('CLI_USAGE', `${device} says nothing of it: ${unknownName('backup', name, ids)}`);
}

function wordsOf(row: BackupRow, nowMs: number): [string, string][] {
  const { device, app, backup, time, release, cause, bytes, tookMs, volumes, where } = row;
  const why = {
    upgrade: 'before an upgrade',
    schedule: 'by the schedule',
    aside: 'put aside by a restore',
    request: 'a person at the device asked',
  };
  return [
    ['backup', backup],
    ['of', `${app} on ${device}`],
    ['made', `${time}, ${ageWords(row, nowMs)} ago`],
    ['why', why[cause]],
    ...(release === undefined ? [] : [['release', release] satisfies [string, string]]),
    ['size', formatBytes(bytes)],
    ...(volumes === undefined ? [] : [['volumes', String(volumes)] satisfies [string, string]]),
    ...(tookMs === undefined ? [] : [['took', `${(tookMs / 1000).toFixed(1)} s`] satisfies [string, string]]),
    ['where', where.join(', ')],
  ];
}

export function registerBackupShow(backup: Command, stop: Stop): void {
  withBackupFleet(
    backup
      .command('show')
      .description('Show one backup of a device: of what, when, why, how large, where it lies.')
      .argument('<device>', 'id of the device')
      .argument('<backup>', 'id of the backup, or `latest`')
      .option('--app <app>', 'of this app'),
  )
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([['towline backup show pump-4 latest --app shop', 'the newest of an app']]),
    )
    .action((device: string, name: string, options: ShowOptions) => show(device, name, options, stop()));
}
