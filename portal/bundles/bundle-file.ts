/** A bundle as a file: written once, and its digest known by then. */
import { createHash } from 'node:crypto';
import { open, statfs } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import type { MadeBundle } from './bundle-home.ts';

/** That a bundle leaves of the disk, bytes. */
const spareBytes = 1024 * 1024 * 1024;

export interface Writing {
  readonly made: MadeBundle;
  /** How far it is, bytes. */
  readonly written: (bytes: number) => void;
}

/** @returns SHA-256, in hex @throws TowlineError BUNDLE_NO_ROOM; the signal's reason; Error of the disk */
export async function writeBundle(
  file: string,
  { made, written }: Writing,
  signal: AbortSignal,
): Promise<string> {
  await assertSpace(path.dirname(file), made.bytes);
  const hash = createHash('sha256');
  await using handle = await open(file, 'wx', 0o600);
  let bytes = 0;
  for await (const piece of made.pieces()) {
    signal.throwIfAborted();
    hash.update(piece);
    await handle.writeFile(piece);
    bytes += piece.length;
    written(bytes);
  }
  return hash.digest('hex');
}

async function assertSpace(folder: string, bytes: number): Promise<void> {
  const found = await statfs(folder).catch(() => undefined);
  if (found === undefined || found.bavail * found.bsize >= bytes + spareBytes) return;
  throw new TowlineError('BUNDLE_NO_ROOM', `a bundle of ${bytes} bytes has no room here`);
}
