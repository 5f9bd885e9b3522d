/** `towline backup prune`: what a store needs no more is removed, at a desk and nowhere else. */
import type { Command } from 'commander';
import { parseStored, prunable } from '../../core/backup/stored.ts';
import { TowlineError } from '../../core/errors.ts';
import { printable } from '../../core/shown-text.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { DeskStore, type DeskStoreOptions, storeOptions } from './desk-store.ts';

interface PruneOptions extends DeskStoreOptions {
  readonly keepLast: string;
  readonly keepDaily: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** @throws TowlineError CLI_USAGE */
function count(text: string, option: string, least: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= least) return Number(text);
  throw new TowlineError('CLI_USAGE', `${option} ${text} must be a number from ${least} to 99999`);
}

async function prune(device: string, options: PruneOptions, signal: AbortSignal): Promise<void> {
  const rule = {
    last: count(options.keepLast, '--keep-last', 1),
    daily: count(options.keepDaily, '--keep-daily', 0),
  };
  const isDone = options.yes === true;
  await using store = await DeskStore.open(device, options);
  // Those of runs that were killed, half an hour ago and more.
  if (isDone) await store.restic(['unlock', '--quiet'], signal);
  const stored = parseStored(await store.restic(['snapshots', '--json', '--host', device], signal));
  const gone = prunable(stored, rule, Date.now());
  const terminal = standardTerminal();
  const snapshots = gone.flatMap(each => each.snapshots);
  const parameters = ['forget', '--prune', ...(isDone ? [] : ['--dry-run']), ...snapshots];
  const said = snapshots.length === 0 ? '' : await store.restic(parameters, signal);
  // "to delete: 12 blobs / 3.4 MiB": restic's own count of what is freed.
  const frees = said.split('\n').filter(line => /^(to delete|total prune|remaining):/.test(line));
  const kept = stored.length - gone.length;
  if (options.json === true) {
    const ids = gone.map(({ backup }) => backup);
    terminal.json({ device, store: store.name, done: isDone, removed: ids, kept, said: frees });
    return;
  }
  for (const { backup, project } of gone)
    terminal.line(
      `${isDone ? 'removed' : 'would remove'} ${backup} of ${project ?? 'a copy that never ended'}`,
    );
  for (const line of frees) terminal.line(printable(line));
  terminal.line(`${kept} kept${isDone || gone.length === 0 ? '' : '; --yes removes'}`);
}

export function registerBackupPrune(backup: Command, stop: Stop): void {
  storeOptions(
    backup
      .command('prune')
      .description('Remove backups from a store that are needed no more. Without --yes it only says which.')
      .argument('<device>', 'id of the device'),
  )
    .option('--keep-last <n>', 'of each app so many stay', '7')
    .option('--keep-daily <n>', 'and the newest of so many days', '0')
    .option('--yes', 'do it')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline backup prune pump-4 --keep-last 5 --keep-daily 30', 'what would go, and how many bytes'],
        ['towline backup prune pump-4 --keep-last 5 --yes', 'it goes'],
      ]),
    )
    .action((device: string, options: PruneOptions) => prune(device, options, stop()));
}
