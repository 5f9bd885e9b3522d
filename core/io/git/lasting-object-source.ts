/** Objects of a repository for a program that stays: git that has ended, by itself or by somebody, is begun anew. */
import { isTowlineError } from '../../errors.ts';
import type { ObjectId, ObjectSource, RawObject } from '../../trust/git/object-source.ts';
import { GitCatFileSource } from './git-object-source.ts';

export class LastingObjectSource implements ObjectSource, AsyncDisposable {
  readonly #repository: string;
  #source: GitCatFileSource | undefined;

  /** @param repository as `GitCatFileSource` has it; git begins with the first object that is read */
  constructor(repository: string) {
    this.#repository = repository;
  }

  /** @throws TowlineError as `GitCatFileSource.read`: where git ends twice */
  async read(id: ObjectId, maxBytes?: number): Promise<RawObject | undefined> {
    try {
      return await this.#read(id, maxBytes);
    } catch (error) {
      if (!isTowlineError(error, 'TRUST_OBJECT_SOURCE')) throw error;
      return await this.#read(id, maxBytes);
    }
  }

  async #read(id: ObjectId, maxBytes?: number): Promise<RawObject | undefined> {
    this.#source ??= new GitCatFileSource(this.#repository);
    const source = this.#source;
    try {
      return await source.read(id, maxBytes);
    } catch (error) {
      // Others may have seen it first.
      if (isTowlineError(error, 'TRUST_OBJECT_SOURCE') && this.#source === source) this.#source = undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source?.[Symbol.asyncDispose]();
    this.#source = undefined;
  }
}
