/** A backup → a folder that a person carries away: file after file, each compared with what its manifest says. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { BackupManifest } from '../../core/backup/manifest.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import {
  makeFolderDurably,
  namesIn,
  readBounded,
  syncFolder,
  writeDurably,
} from '../../core/io/file/durable-file.ts';

const chunkBytes = 256 * 1024;
const mostOfState = 64 * 1024 * 1024;

/** @throws TowlineError BACKUP_MANIFEST, and what the disk throws */
async function copyVolume(
  { from, to }: { from: string; to: string },
  { file, sha256 }: BackupManifest['volumes'][number],
  signal: AbortSignal,
): Promise<void> {
  await using source = await open(path.join(from, file), 'r');
  await using target = await open(path.join(to, file), 'wx', 0o600);
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(chunkBytes);
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, chunkBytes, at);
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    await target.writeFile(chunk);
    at += bytesRead;
  }
  await target.sync();
  if (hash.digest('hex') !== sha256)
    throw new TowlineError('BACKUP_MANIFEST', `${file} is not what its manifest says`);
}

/**
 * The manifest is written last: a folder without one is not whole.
 * @param from folder of the backup
 * @param to a folder that is empty, or not there
 * @throws TowlineError AGENT_CONTROL, BACKUP_MANIFEST; the signal's reason
 */
export async function exportBackup(
  manifest: BackupManifest,
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    if ((await namesIn(to)).length > 0) throw new Error('it is not empty');
    await makeFolderDurably(to);
    for (const volume of manifest.volumes) await copyVolume({ from, to }, volume, signal);
    const blobs = await namesIn(path.join(from, 'blobs'));
    for (const name of ['project.json', ...blobs.map(blob => path.join('blobs', blob)), 'manifest.json']) {
      const bytes = await readBounded(path.join(from, name), mostOfState);
      if (bytes !== undefined) await writeDurably(path.join(to, name), bytes);
    }
    await syncFolder(to);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof TowlineError) throw cause;
    throw new TowlineError('AGENT_CONTROL', `${to} cannot be written: ${messageOf(cause)}`, { cause });
  }
}
