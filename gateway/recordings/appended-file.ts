/** A file that only grows: what stands in it is never written over, and what was acknowledged is on the disk. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { isMissing, makeFolderDurably, syncFolder } from '../../core/io/file/durable-file.ts';

export type Appended =
  | { readonly kind: 'appended'; readonly bytes: number; readonly added: number }
  /** Something else stands there. */
  | { readonly kind: 'conflict' };

const compareBytes = 64 * 1024;

/**
 * @param from where the bytes belong: of what is there already they have to be the same, and behind a gap nothing is added
 * @returns bytes that it has then
 */
export async function appendAt(file: string, from: number, bytes: Uint8Array): Promise<Appended> {
  const { handle, isNew } = await opened(file);
  try {
    const { size } = await handle.stat();
    if (from > size) return { kind: 'appended', bytes: size, added: 0 };
    const known = Math.min(size - from, bytes.length);
    if (!(await holds(handle, from, bytes.subarray(0, known)))) return { kind: 'conflict' };
    const fresh = bytes.subarray(known);
    if (fresh.length === 0) return { kind: 'appended', bytes: size, added: 0 };
    try {
      await write(handle, fresh, size);
      await handle.sync();
    } catch (error) {
      // Half of a piece is no more than none: the device sends it again.
      await handle.truncate(size).catch(() => undefined);
      // The next one is new then, too, and its folder is synced.
      if (isNew) await rm(file, { force: true });
      throw error;
    }
    if (isNew) await syncFolder(path.dirname(file));
    return { kind: 'appended', bytes: size + fresh.length, added: fresh.length };
  } finally {
    await handle.close();
  }
}

async function opened(file: string): Promise<{ handle: FileHandle; isNew: boolean }> {
  try {
    return { handle: await open(file, 'r+'), isNew: false };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await makeFolderDurably(path.dirname(file));
  return { handle: await open(file, 'wx+', 0o600), isNew: true };
}

async function holds(handle: FileHandle, from: number, bytes: Uint8Array): Promise<boolean> {
  for (let at = 0; at < bytes.length; at += compareBytes) {
    const expected = bytes.subarray(at, at + compareBytes);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(expected.length),
      0,
      expected.length,
      from + at,
    );
    if (bytesRead !== expected.length || !buffer.equals(expected)) return false;
  }
  return true;
}

async function write(handle: FileHandle, bytes: Uint8Array, place: number): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, place + at);
    at += bytesWritten;
  }
}
