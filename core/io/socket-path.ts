import { open } from 'node:fs/promises';
import path from 'node:path';

/** sun_path of unix(7), less its end. */
const longestPathBytes = 100;

/** Resolves with the path of a socket in a folder, also where the folder's own path is too long for one. */
export async function withSocketPath<Result>(
  folder: string,
  name: string,
  use: (file: string) => Promise<Result>,
): Promise<Result> {
  const file = path.join(folder, name);
  if (Buffer.byteLength(file) <= longestPathBytes) return await use(file);
  const handle = await open(folder, 'r');
  try {
    return await use(`/proc/self/fd/${handle.fd}/${name}`);
  } finally {
    await handle.close();
  }
}
