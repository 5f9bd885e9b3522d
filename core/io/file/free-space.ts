import { statfs } from 'node:fs/promises';

/** Bytes that are free in `folder`; undefined where it is out of our sight, as the engine's is from a container. */
export async function freeSpace(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
