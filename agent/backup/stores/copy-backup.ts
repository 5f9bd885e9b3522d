/** Copies one backup of this device to a store: part by part, and the manifest last. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { type CopiedVolume, copiedFile, copiedText, tagsOf } from '../../../core/backup/copied.ts';
import type { BackupManifest } from '../../../core/backup/manifest.ts';
import { TowlineError } from '../../../core/errors.ts';
import { cutParts } from '../../../core/io/backup/cut-parts.ts';
import { writeDurably } from '../../../core/io/file/durable-file.ts';
import { fieldsOf } from '../../../core/json.ts';
import { storeMark } from '../store-marks.ts';
import type { OpenStore } from './restic.ts';

/** Bytes that are new in the store, as restic says it. */
function addedBytes(lines: readonly string[]): number {
  const summary = lines.findLast(line => line.startsWith('{"message_type":"summary"'));
  try {
    const { data_added: bytes } = fieldsOf(JSON.parse(summary ?? '{}'));
    return typeof bytes === 'number' ? bytes : 0;
  } catch {
    return 0;
  }
}

async function storePart(store: OpenStore, tags: string, signal: AbortSignal): Promise<number> {
  // Whatever the times of its files say: each part is made anew.
  const command = ['backup', '.', '--json', '--quiet', '--force', '--host', store.device, '--tag', tags];
  return addedBytes(await store.run({ arguments: command }, signal));
}

/** The agent's unit lets it ask (`--expose-gc`). */
function collect(): void {
  globalThis.gc?.({ type: 'minor' });
}

/**
 * @param folder of the backup. @returns bytes that were new in the store, before they were compressed
 * @throws TowlineError BACKUP_STORE_…, BACKUP_MANIFEST, BACKUP_HELPER, ENGINE_…; the signal's reason
 */
export async function copyBackup(
  store: OpenStore,
  manifest: BackupManifest,
  folder: string,
  signal: AbortSignal,
): Promise<number> {
  const { id, project } = manifest;
  await store.ready(signal);
  const volumes: CopiedVolume[] = [];
  let bytes = 0;
  for (const { file, sha256, key } of manifest.volumes) {
    const cut = await cutParts(
      { archive: path.join(folder, file), folder: store.part, collect },
      async part => {
        bytes += await storePart(store, tagsOf.part(id, file, part), signal);
      },
      signal,
    );
    if (cut.archiveSha256 !== sha256)
      throw new TowlineError('BACKUP_MANIFEST', `${file} of backup ${id} is not what was written (${key})`);
    volumes.push({ file, parts: cut.parts, tarBytes: cut.tarBytes, tarSha256: cut.tarSha256 });
  }
  const part = await store.emptyPart();
  const archives = new Set(manifest.volumes.map(({ file }) => path.join(folder, file)));
  const marks = path.join(folder, 'stores');
  await cp(folder, part, { recursive: true, filter: source => !archives.has(source) && source !== marks });
  await writeDurably(path.join(part, copiedFile), copiedText(volumes));
  bytes += await storePart(store, `${tagsOf.whole(id)},project=${project}`, signal);
  await writeDurably(storeMark(folder, store.name), `${JSON.stringify({ bytes })}\n`);
  return bytes;
}
