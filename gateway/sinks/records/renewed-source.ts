import { TowlineError } from '../../../core/errors.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import type { ObjectId, ObjectSource, RawObject } from '../../../core/trust/git/object-source.ts';

/** telemetry.git by one git process, and by another one where that has ended. */
export class RenewedSource implements ObjectSource, AsyncDisposable {
  readonly #folder: string;
  #source: GitCatFileSource | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(id: ObjectId, maxBytes?: number): Promise<RawObject | undefined> {
    this.#source ??= new GitCatFileSource(this.#folder);
    const source = this.#source;
    try {
      return await source.read(id, maxBytes);
    } catch (error) {
      const isEnded = error instanceof TowlineError && error.code === 'TRUST_OBJECT_SOURCE';
      if (isEnded && this.#source === source) this.#source = undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source?.[Symbol.asyncDispose]();
  }
}
