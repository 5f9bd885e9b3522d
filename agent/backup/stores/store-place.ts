/** A store as the helper sees it: what is bound, how restic finds it, what it needs for that. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { sshCommand } from '../../../core/backup/store-ssh.ts';
import { errnoOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { DeviceStore, StoreFolder, StoreServer } from '../../../core/fleet/backup-stores.ts';

/** In the helper: what ssh has said. */
export const sshWords = '/cache/tmp/ssh';

export interface StorePlace {
  readonly repository: string;
  readonly options: readonly string[];
  readonly binds: readonly string[];
  readonly capabilities: readonly string[];
  readonly network?: string;
  /** `NAME=value`. */
  readonly environment: readonly string[];
}

async function existing(folder: string): Promise<{ readonly folder: string; readonly dev: number }> {
  try {
    return { folder, dev: (await stat(folder)).dev };
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || folder === '/') throw error;
    return existing(path.dirname(folder));
  }
}

/** The highest folder of the same file system. */
async function topOf(folder: string, dev: number): Promise<string> {
  const above = path.dirname(folder);
  if (above === folder || (await stat(above)).dev !== dev) return folder;
  return topOf(above, dev);
}

/**
 * The disk is bound, and not the folder: an engine would make one that is not there, on whatever disk is.
 * @param own folder of the agent
 */
async function folderPlace(
  name: string,
  { folder, onFirstDisk }: StoreFolder,
  own: string,
): Promise<StorePlace> {
  const found = await existing(path.resolve(folder)).catch((cause: unknown) => {
    throw new TowlineError('BACKUP_STORE_UNREACHABLE', `store ${name}: ${folder} cannot be looked at`, {
      cause,
    });
  });
  const others = [(await stat('/')).dev, (await stat(own)).dev];
  if (!onFirstDisk && others.includes(found.dev))
    throw new TowlineError('BACKUP_STORE_UNREACHABLE', `store ${name}: the disk of ${folder} is not mounted`);
  const top = onFirstDisk ? found.folder : await topOf(found.folder, found.dev);
  return {
    repository: path.join('/store', path.relative(top, path.resolve(folder))),
    options: [],
    binds: [`${top}:/store`],
    capabilities: ['DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER'],
    // Looked at once more in the helper: a stick may go at any time.
    environment: [`STORE_DISK=${found.dev}`],
  };
}

function serverPlace(server: StoreServer): StorePlace {
  return {
    repository: `sftp:store:${server.path}`,
    options: ['-o', `sftp.command=${sshCommand(server, '/secret', sshWords)}`],
    binds: [],
    capabilities: ['DAC_READ_SEARCH'],
    network: 'bridge',
    environment: [],
  };
}

/** @throws TowlineError BACKUP_STORE_UNREACHABLE */
export async function storePlace({ name, place }: DeviceStore, own: string): Promise<StorePlace> {
  return 'folder' in place ? folderPlace(name, place, own) : serverPlace(place);
}
