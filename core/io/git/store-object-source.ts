/** Raw objects of a device's store: the packs that isomorphic-git wrote, read without keeping them in memory. */

import { createHash } from 'node:crypto';
import path from 'node:path';
import { messageOf } from '../../errors/cause.ts';
import { isTowlineError, TowlineError } from '../../errors.ts';
import type { ObjectId, ObjectSource, RawObject } from '../../trust/git/object-source.ts';
import { namesIn } from '../file/durable-file.ts';
import { PackFile } from './pack-file.ts';

const objectId = /^[0-9a-f]{40}$/;

/**
 * Reads a gitdir whose objects are all in packs. Made anew for each pass: it holds the indexes while it is open.
 * Each object is checked against its id here, so that a damaged disk is told apart from a bad history.
 */
export class StoreObjectSource implements ObjectSource, AsyncDisposable {
  readonly #folder: string;
  #packs: Promise<PackFile[]> | undefined;

  constructor(gitdir: string) {
    this.#folder = path.join(gitdir, 'objects', 'pack');
  }

  /** @throws TowlineError GIT_STORE when the store is damaged */
  async read(id: ObjectId): Promise<RawObject | undefined> {
    if (!objectId.test(id)) return undefined;
    try {
      this.#packs ??= this.#open();
      for (const pack of await this.#packs) {
        const object = await pack.read(id, base => this.read(base));
        if (object !== undefined) return checked(id, object);
      }
      return undefined;
    } catch (cause) {
      if (isTowlineError(cause)) throw cause;
      const message = messageOf(cause);
      throw new TowlineError('GIT_STORE', `object ${id} cannot be read from the store: ${message}`, {
        cause,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const packs = await this.#packs?.catch(() => []);
    for (const pack of packs ?? []) await pack[Symbol.asyncDispose]();
    this.#packs = undefined;
  }

  /** Newest last in the folder's order does not matter: an object is the same wherever it lies. */
  async #open(): Promise<PackFile[]> {
    const packs: PackFile[] = [];
    try {
      for (const name of await packNames(this.#folder))
        packs.push(await PackFile.open(path.join(this.#folder, name)));
      return packs;
    } catch (error) {
      for (const pack of packs) await pack[Symbol.asyncDispose]();
      throw error;
    }
  }
}

/** Packs of the folder that have an index, without their endings. */
export async function packNames(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter(name => /^pack-[0-9a-f]{40}\.idx$/.test(name)).map(name => name.slice(0, -4));
}

function checked(id: ObjectId, object: RawObject): RawObject {
  const hash = createHash('sha1').update(`${object.type} ${object.bytes.length}\0`).update(object.bytes);
  if (hash.digest('hex') === id) return object;
  throw new TowlineError('GIT_STORE', `object ${id} of the store has other bytes than its id says`);
}
