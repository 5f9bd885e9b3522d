/** A blob in a file of its own, without a process for each: tests make thousands. */
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { makeObject } from '../../core/io/git/object-write.ts';

/** As `git hash-object -w` stores it in a bare repository. @returns its id */
export async function storeBlob(repository: string, content: string | Uint8Array): Promise<string> {
  const bytes = Buffer.from(content);
  const { id } = makeObject('blob', bytes);
  const folder = join(repository, 'objects', id.slice(0, 2));
  const file = join(folder, id.slice(2));
  if (existsSync(file)) return id;
  const made = join(repository, `blob-${crypto.randomUUID()}`);
  const whole = Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]);
  await mkdir(folder, { recursive: true });
  await writeFile(made, deflateSync(whole), { mode: 0o444 });
  await rename(made, file);
  return id;
}
