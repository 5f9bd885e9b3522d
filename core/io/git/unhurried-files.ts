/** A repository read so that everything else has its turn in between, however much of it is in memory already. */
import { setImmediate as turn } from 'node:timers/promises';
import type { RepositoryEntry, RepositoryFiles } from '../../fleet/repository-files.ts';
import type { ObjectId } from '../../trust/git/object-source.ts';

/** Paths listed in one go: a few milliseconds. */
const goSize = 250;

export class UnhurriedFiles implements RepositoryFiles {
  readonly #files: RepositoryFiles;

  constructor(files: RepositoryFiles) {
    this.#files = files;
  }

  blob(id: ObjectId, maxBytes: number): Promise<Uint8Array> {
    return this.#files.blob(id, maxBytes);
  }

  fileAt(...question: Parameters<RepositoryFiles['fileAt']>): ReturnType<RepositoryFiles['fileAt']> {
    return this.#files.fileAt(...question);
  }

  async *list(commit: ObjectId, folder: string): AsyncGenerator<RepositoryEntry> {
    let count = 0;
    for await (const entry of this.#files.list(commit, folder)) {
      count += 1;
      if (count % goSize === 0) await turn();
      yield entry;
    }
    await turn();
  }
}
