/** `towline backup pull`: a backup from a store to this desk, also of a device that is no more. */
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { parseStored } from '../../core/backup/stored.ts';
import { TowlineError } from '../../core/errors.ts';
import { fetchBackup } from '../../core/io/backup/fetch-backup.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { DeskStore, type DeskStoreOptions, storeOptions } from './desk-store.ts';

interface PullOptions extends DeskStoreOptions {
  readonly out?: string;
  readonly json?: boolean;
}

async function list(store: DeskStore, isJson: boolean, signal: AbortSignal): Promise<void> {
  const stored = parseStored(await store.restic(['snapshots', '--json', '--host', store.device], signal));
  const terminal = standardTerminal();
  const rows = stored.map(({ backup, project, atMs }) => ({
    backup,
    project: project ?? null,
    copied: new Date(atMs).toISOString(),
  }));
  if (isJson) terminal.json({ device: store.device, store: store.name, backups: rows });
  else if (rows.length === 0) terminal.line(`store ${store.name} has no backup of ${store.device}`);
  else
    terminal.table(
      ['BACKUP', 'PROJECT', 'COPIED'],
      rows.map(({ backup, project, copied }) => [backup, project ?? 'not whole', copied]),
    );
}

async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new TowlineError('CLI_USAGE', `${folder} is not empty`);
}

async function pull(
  { device, backup }: { device: string; backup: string | undefined },
  options: PullOptions,
  signal: AbortSignal,
): Promise<void> {
  const isJson = options.json === true;
  await using store = await DeskStore.open(device, options);
  // Awaited here: the store is closed when this function is left.
  if (backup === undefined) return await list(store, isJson, signal);
  const folder = path.resolve(options.out ?? backup);
  await emptyFolder(folder);
  const source = { fetch: (tags: string) => store.fetch(tags, path.dirname(folder), signal) };
  const of = { fleet: store.fleet, device };
  const { volumes, project } = await fetchBackup({ source, backup, of }, folder, signal);
  const terminal = standardTerminal();
  const files = volumes.map(({ key, file, bytes }) => ({
    volume: key,
    file: path.join(folder, file),
    bytes,
  }));
  if (isJson) terminal.json({ device, store: store.name, backup, project, folder, files });
  else for (const { file, bytes } of files) terminal.line(`${file} ${formatBytes(bytes)}`);
}

export function registerBackupPull(backup: Command, stop: Stop): void {
  storeOptions(
    backup
      .command('pull')
      .description('Bring a backup from its store to this desk; your own key opens the store.')
      .argument('<device>', 'id of the device; it may be gone')
      .argument('[backup]', 'id of the backup; without one, what the store has is listed'),
  )
    .option('--out <dir>', 'a new folder for it (default: the id of the backup)')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline backup pull pump-4', 'what its store has'],
        ['towline backup pull pump-4 20261130T041500Z-1a2b3c4d --out data', 'each volume as a .tar.zst'],
      ]),
    )
    .action((device: string, id: string | undefined, options: PullOptions) =>
      pull({ device, backup: id }, options, stop()),
    );
}
