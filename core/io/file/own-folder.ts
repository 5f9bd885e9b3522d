/**
 * Folders that nobody else can have put there, look into, or put in another's place: what a shared folder such as
 * /dev/shm leads to belongs to whoever was first.
 */

import { chmod, lstat, mkdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../errors/cause.ts';
import { isMissing } from './durable-file.ts';

const writableByOthers = 0o022;
const sticky = 0o1000;
const maxLinks = 40;

/** What is wrong with a folder, for people; or that it is not there. */
export type FolderVerdict = { readonly kind: 'own' | 'missing' } | { readonly kind: 'shared'; why: string };

/** Makes what is missing (mode 0700) and closes the last folder to others where it is ours. */
export async function makeOwnFolder(folder: string): Promise<FolderVerdict> {
  return await walk(folder, async at => {
    await mkdir(at, { mode: 0o700 }).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
  });
}

/** Looks, and changes nothing. */
export function verdictOnFolder(folder: string): Promise<FolderVerdict> {
  return walk(folder, undefined);
}

type Make = ((folder: string) => Promise<void>) | undefined;

/** Each step of the way, links and their targets among them. */
async function walk(folder: string, make: Make): Promise<FolderVerdict> {
  let names = namesOf(path.resolve(folder));
  let at = '/';
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = path.join(at, name);
    const found = await lookAt(next, make);
    if (found === undefined) return { kind: 'missing' };
    const why = (await faultOfParent(at)) ?? faultOfOwner(next, found.uid);
    if (why !== undefined) return { kind: 'shared', why };
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > maxLinks) return { kind: 'shared', why: `${next} is a link that leads to itself` };
      names = [...namesOf(path.resolve(at, await readlink(next))), ...names];
      at = '/';
      continue;
    }
    if (!found.isDirectory()) return { kind: 'shared', why: `${next} is no folder` };
    at = next;
  }
  return await faultOfLast(at, make);
}

const namesOf = (absolute: string): string[] => absolute.split('/').filter(name => name !== '');

async function lookAt(file: string, make: Make) {
  const look = () =>
    lstat(file).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
  const found = await look();
  if (found !== undefined || make === undefined) return found;
  await make(file);
  return await look();
}

/** In a sticky folder others can be first, but cannot rename or remove what is ours. */
async function faultOfParent(folder: string): Promise<string | undefined> {
  const { mode } = await lstat(folder);
  if ((mode & writableByOthers) === 0 || (mode & sticky) !== 0) return undefined;
  return `others can write to ${folder}`;
}

const ownUser = (): number => process.geteuid?.() ?? 0;

function faultOfOwner(file: string, uid: number): string | undefined {
  return uid === 0 || uid === ownUser() ? undefined : `${file} belongs to user ${uid}`;
}

async function faultOfLast(folder: string, make: Make): Promise<FolderVerdict> {
  const { uid, mode } = await lstat(folder);
  if (uid !== ownUser()) return { kind: 'shared', why: `${folder} belongs to user ${uid}` };
  if ((mode & 0o077) === 0) return { kind: 'own' };
  if (make === undefined) {
    const open = (mode & writableByOthers) !== 0;
    return open ? { kind: 'shared', why: `others can write to ${folder}` } : { kind: 'own' };
  }
  await chmod(folder, 0o700);
  return { kind: 'own' };
}
