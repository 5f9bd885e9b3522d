/** Brings a backup back from a store into the folder of this device's backups. */
import { cp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { copiedFile, maxCopiedBytes, parseCopied, tagsOf } from '../../../core/backup/copied.ts';
import type { BackupManifest } from '../../../core/backup/manifest.ts';
import { maxManifestBytes, parseManifest } from '../../../core/backup/parse-manifest.ts';
import { TowlineError } from '../../../core/errors.ts';
import { joinInto, readPartFile } from '../../../core/io/backup/join-parts.ts';
import { makeFolderDurably, syncFolder, writeDurably } from '../../../core/io/file/durable-file.ts';
import { storeMark } from './marks.ts';
import type { OpenStore } from './restic.ts';

export interface Wanted {
  readonly fleet: string;
  readonly project: string;
  readonly backup: string;
  /** Of all backups of this device. */
  readonly backupDirectory: string;
}

/** Puts the newest snapshot with these tags into the part's folder. */
async function fetchPart(store: OpenStore, tags: string, signal: AbortSignal): Promise<string> {
  const folder = await store.emptyPart();
  const command = [
    'restore',
    'latest',
    '--quiet',
    '--tag',
    tags,
    '--host',
    store.device,
    '--target',
    '/part',
  ];
  try {
    await store.run({ arguments: command, isReading: true }, signal);
  } catch (error) {
    if (error instanceof TowlineError && /no snapshot found|no matching ID/.test(error.message))
      throw new TowlineError('BACKUP_STORE_MISSING', `store ${store.name} has nothing with ${tags}`, {
        cause: error,
      });
    throw error;
  }
  return folder;
}

/** @throws TowlineError BACKUP_MANIFEST */
function requireOwn(manifest: BackupManifest, { fleet, project, backup }: Wanted, device: string): void {
  const is = [manifest.fleet, manifest.device, manifest.project, manifest.id];
  if (is.join() === [fleet, device, project, backup].join()) return;
  throw new TowlineError('BACKUP_MANIFEST', `the store gave backup ${is.join('/')}`);
}

/**
 * @returns its manifest, as it stands in the folder now: archives are packed anew
 * @throws TowlineError BACKUP_STORE_…, BACKUP_MANIFEST, BACKUP_HELPER, ENGINE_…; the signal's reason
 */
export async function retrieveBackup(
  store: OpenStore,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const { project, backup, backupDirectory } = wanted;
  const final = path.join(backupDirectory, project, backup);
  const folder = `${final}.part`;
  await rm(folder, { recursive: true, force: true });
  await makeFolderDurably(folder);
  try {
    const part = await fetchPart(store, tagsOf.whole(project, backup), signal);
    const manifest = parseManifest(
      Buffer.from(await readPartFile(path.join(part, 'manifest.json'), maxManifestBytes)),
    );
    requireOwn(manifest, wanted, store.device);
    const copied = parseCopied(await readPartFile(path.join(part, copiedFile), maxCopiedBytes));
    const beside = [path.join(part, 'manifest.json'), path.join(part, copiedFile)];
    await cp(part, folder, { recursive: true, filter: source => !beside.includes(source) });
    const volumes = [];
    for (const volume of manifest.volumes) {
      const found = copied.find(({ file }) => file === volume.file);
      if (found === undefined)
        throw new TowlineError('BACKUP_STORE_DAMAGED', `the store says nothing of ${volume.file}`);
      const next = (number: number) => fetchPart(store, tagsOf.part(backup, found.file, number), signal);
      const file = await joinInto(path.join(folder, volume.file), { volume: found, part: next }, signal);
      volumes.push({ ...volume, ...file });
    }
    const own = { ...manifest, volumes };
    await writeDurably(storeMark(folder, store.name), '{}\n');
    await writeDurably(path.join(folder, 'manifest.json'), `${JSON.stringify(own, undefined, 2)}\n`);
    await rm(final, { recursive: true, force: true });
    await rename(folder, final);
    await syncFolder(path.dirname(final));
    return own;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Whether it lies on this device already. */
export const isAtHand = async (backupDirectory: string, project: string, backup: string): Promise<boolean> =>
  (await stat(path.join(backupDirectory, project, backup, 'manifest.json')).catch(() => undefined)) !==
  undefined;
