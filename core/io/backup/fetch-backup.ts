/** A backup that a store has → a folder as a device has it; or all of it read and compared. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { type CopiedVolume, copiedFile, maxCopiedBytes, parseCopied, tagsOf } from '../../backup/copied.ts';
import type { BackupManifest } from '../../backup/manifest.ts';
import { maxManifestBytes, parseManifest } from '../../backup/parse-manifest.ts';
import { TowlineError } from '../../errors.ts';
import { writeDurably } from '../file/durable-file.ts';
import { joinInto, joinParts, readPartFile } from './join-parts.ts';

export interface StoreSource {
  /** Puts the newest snapshot with these tags into a folder that is emptied before. @throws TowlineError BACKUP_STORE_… */
  readonly fetch: (tags: string) => Promise<string>;
}

export interface FetchOptions {
  readonly source: StoreSource;
  readonly backup: string;
  /** What the manifest must say. */
  readonly of: Partial<Pick<BackupManifest, 'fleet' | 'device' | 'project'>>;
}

interface Described {
  readonly manifest: BackupManifest;
  readonly copied: readonly CopiedVolume[];
  /** Where what lies beside the archives is. */
  readonly part: string;
}

/** @throws TowlineError BACKUP_STORE_…, BACKUP_MANIFEST */
async function described({ source, backup, of }: FetchOptions): Promise<Described> {
  const part = await source.fetch(tagsOf.whole(backup));
  const text = await readPartFile(path.join(part, 'manifest.json'), maxManifestBytes);
  const manifest = parseManifest(Buffer.from(text));
  const wanted = { ...of, id: backup };
  for (const [name, value] of Object.entries(wanted)) {
    const found = Object.entries(manifest).find(([key]) => key === name)?.[1];
    if (found !== value)
      throw new TowlineError(
        'BACKUP_MANIFEST',
        `the store gave a backup of ${name} ${String(found)}, not ${value}`,
      );
  }
  const copied = parseCopied(await readPartFile(path.join(part, copiedFile), maxCopiedBytes));
  return { manifest, copied, part };
}

/** Reads what a store says of a backup, and none of its data. @throws TowlineError BACKUP_STORE_…, BACKUP_MANIFEST */
export const storedManifest = async (options: FetchOptions): Promise<BackupManifest> =>
  (await described(options)).manifest;

function joinOf({ source, backup }: FetchOptions, { copied }: Described, file: string) {
  const volume = copied.find(each => each.file === file);
  if (volume === undefined)
    throw new TowlineError('BACKUP_STORE_DAMAGED', `the store says nothing of ${file}`);
  return { volume, part: (number: number) => source.fetch(tagsOf.part(backup, file, number)) };
}

/**
 * @param folder that is there, and empty; the manifest is written last
 * @returns the manifest as it stands there now: archives are packed anew
 * @throws TowlineError BACKUP_STORE_…, BACKUP_MANIFEST; the signal's reason
 */
export async function fetchBackup(
  options: FetchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const found = await described(options);
  const { manifest, part } = found;
  const left = ['manifest.json', copiedFile].map(name => path.join(part, name));
  await cp(part, folder, { recursive: true, filter: source => !left.includes(source) });
  const volumes = [];
  for (const volume of manifest.volumes) {
    const file = path.join(folder, volume.file);
    volumes.push({ ...volume, ...(await joinInto(file, joinOf(options, found, volume.file), signal)) });
  }
  const own = { ...manifest, volumes };
  await writeDurably(path.join(folder, 'manifest.json'), `${JSON.stringify(own, undefined, 2)}\n`);
  return own;
}

/** Reads all of it. @returns bytes of its tars @throws as `fetchBackup` */
export async function compareBackup(
  options: FetchOptions,
  signal: AbortSignal,
): Promise<{ readonly manifest: BackupManifest; readonly bytes: number }> {
  const found = await described(options);
  let bytes = 0;
  for (const { file } of found.manifest.volumes)
    for await (const chunk of joinParts(joinOf(options, found, file), signal)) bytes += chunk.length;
  return { manifest: found.manifest, bytes };
}
