/** `towline backup verify`: all that a store has of a backup is read and compared. */
import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import { parseStored } from '../../core/backup/stored.ts';
import { TowlineError } from '../../core/errors.ts';
import { compareBackup } from '../../core/io/backup/fetch-backup.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { DeskStore, type DeskStoreOptions, storeOptions } from './desk-store.ts';

interface VerifyOptions extends DeskStoreOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

async function verify(
  { device, backup }: { device: string; backup: string | undefined },
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<void> {
  await using store = await DeskStore.open(device, options);
  await store.restic(['check', '--quiet'], signal);
  const stored = parseStored(await store.restic(['snapshots', '--json', '--host', device], signal));
  const whole = stored.filter(({ project }) => project !== undefined).map(each => each.backup);
  const asked = backup === undefined ? whole.slice(0, options.all === true ? undefined : 1) : [backup];
  if (asked.length === 0)
    throw new TowlineError('BACKUP_STORE_MISSING', `store ${store.name} has no whole backup of ${device}`);
  const source = { fetch: (tags: string) => store.fetch(tags, tmpdir(), signal) };
  const terminal = standardTerminal();
  const verified: { backup: string; project: string; bytes: number }[] = [];
  for (const id of asked) {
    const of = { fleet: store.fleet, device };
    const { manifest, bytes } = await compareBackup({ source, backup: id, of }, signal);
    verified.push({ backup: id, project: manifest.project, bytes });
    if (options.json !== true)
      terminal.line(
        `${terminal.colour('green', 'whole')} ${id} of ${manifest.project}, ${formatBytes(bytes)}`,
      );
  }
  if (options.json === true) terminal.json({ device, store: store.name, verified });
}

export function registerBackupVerify(backup: Command, stop: Stop): void {
  storeOptions(
    backup
      .command('verify')
      .description('Read all of a backup in a store, and compare it with what the device has copied.')
      .argument('<device>', 'id of the device')
      .argument('[backup]', 'id of the backup (default: the newest)'),
  )
    .option('--all', 'every backup that is there')
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline backup verify pump-4', 'would the newest one come back?']]))
    .action((device: string, id: string | undefined, options: VerifyOptions) =>
      verify({ device, backup: id }, options, stop()),
    );
}
