/** Refs of a bare repository, read from its files: no process is started for it. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../core/errors/cause.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

const idPattern = /^[0-9a-f]{40}$/;

/** @returns the ref's object, or undefined where it does not exist or is symbolic or damaged. */
export async function readRef(gitDirectory: string, name: string): Promise<ObjectId | undefined> {
  const loose = await readOptional(join(gitDirectory, name));
  if (loose !== undefined) {
    const id = loose.trim();
    return idPattern.test(id) ? id : undefined;
  }
  return (await readPackedRefs(gitDirectory)).get(name);
}

/** Every ref whose name starts with `prefix` (`refs/heads/telemetry/`), sorted by name. */
export async function readRefs(gitDirectory: string, prefix: string): Promise<Map<string, ObjectId>> {
  const found = new Map<string, ObjectId>();
  for (const [name, id] of await readPackedRefs(gitDirectory)) {
    if (name.startsWith(prefix)) found.set(name, id);
  }
  for (const entry of await listFiles(join(gitDirectory, prefix))) {
    if (entry.endsWith('.lock')) continue;
    const id = (await readOptional(join(gitDirectory, prefix, entry)))?.trim();
    if (id !== undefined && idPattern.test(id)) found.set(`${prefix}${entry}`, id);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function readPackedRefs(gitDirectory: string): Promise<Map<string, ObjectId>> {
  const found = new Map<string, ObjectId>();
  for (const line of ((await readOptional(join(gitDirectory, 'packed-refs'))) ?? '').split('\n')) {
    const match = /^([0-9a-f]{40}) (refs\/.+)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) found.set(match[2], match[1]);
  }
  return found;
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(entry => entry.isFile()).map(entry => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}
