/** Where what a forge sends is looked at before anything of it is taken. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { readRef } from '../git/bare-refs.ts';

export interface Quarantine extends AsyncDisposable {
  /** A bare repository. */
  readonly path: string;
  /** What came. */
  tip(): Promise<ObjectId>;
}

/** @param path is emptied. @param ref at the forge, of which it will hold the commit. */
export async function makeQuarantine(path: string, ref: string): Promise<Quarantine> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  return {
    path,
    tip: async () => {
      const tip = await readRef(path, 'refs/quarantine/tip');
      if (tip === undefined) throw new TowlineError('GATEWAY_UPSTREAM_GARBAGE', `${ref} names no commit`);
      return tip;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** Of all files below it, bytes. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    bytes += found?.size ?? 0;
  }
  return bytes;
}
