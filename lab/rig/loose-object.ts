/** Objects and branches of a bare repository in files of their own, without a process for each: tests make thousands. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { type MadeObject, makeObject } from '../../core/io/git/object-write.ts';
import { isObjectId, type ObjectId, type RawObject } from '../../core/trust/git/object-source.ts';

const objectTypes = ['blob', 'tree', 'commit', 'tag'] as const;

/** As `git hash-object -w --literally` stores it. @returns its id */
export async function storeObject(
  repository: string,
  type: RawObject['type'],
  content: string | Uint8Array,
): Promise<ObjectId> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return await storeMade(repository, makeObject(type, bytes));
}

export async function storeMade(repository: string, { id, type, bytes }: MadeObject): Promise<ObjectId> {
  const file = objectFile(repository, id);
  if (existsSync(file)) return id;
  const made = join(repository, `object-${crypto.randomUUID()}`);
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(made, deflateSync(whole), { mode: 0o444 });
  await rename(made, file);
  return id;
}

/** @returns undefined when it has no file of its own: git may have packed it, or there is none */
export async function readLoose(repository: string, id: ObjectId): Promise<RawObject | undefined> {
  const packed = await readFile(objectFile(repository, id)).catch(() => undefined);
  if (packed === undefined) return undefined;
  const whole = inflateSync(packed);
  const end = whole.indexOf(0);
  const [type] = whole.toString('latin1', 0, end).split(' ');
  const known = objectTypes.find(one => one === type);
  return known === undefined ? undefined : { type: known, bytes: whole.subarray(end + 1) };
}

/** The commit of a branch. @returns undefined when it has no file of its own: git may have packed it, or there is none */
export async function readBranch(repository: string, branch: string): Promise<ObjectId | undefined> {
  const text = await readFile(join(repository, 'refs/heads', branch), 'utf8').catch(() => '');
  return isObjectId(text.trimEnd()) ? text.trimEnd() : undefined;
}

/** As git does it: whoever has the lock writes. @returns false when another has it */
export async function writeBranch(repository: string, branch: string, id: ObjectId): Promise<boolean> {
  const file = join(repository, 'refs/heads', branch);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(`${file}.lock`, `${id}\n`, { flag: 'wx' });
  } catch {
    return false;
  }
  await rename(`${file}.lock`, file);
  return true;
}

function objectFile(repository: string, id: ObjectId): string {
  return join(repository, 'objects', id.slice(0, 2), id.slice(2));
}
