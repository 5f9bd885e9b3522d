/** Whether an agent before this one died while it read a commit, of the memory that this took for instance. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** After a power cut it may be missing: then one more start is lost. */
export class ReadingMark {
  readonly #file: string;

  constructor(stateDirectory: string) {
    this.#file = path.join(stateDirectory, 'reading');
  }

  async isLeft(): Promise<boolean> {
    return await readFile(this.#file).then(
      () => true,
      () => false,
    );
  }

  async around<Result>(commit: string, work: () => Promise<Result>): Promise<Result> {
    // Where nothing can be written, what is to be read is read all the same.
    await writeFile(this.#file, `${commit}\n`).catch(() => undefined);
    try {
      return await work();
    } finally {
      await rm(this.#file, { force: true }).catch(() => undefined);
    }
  }
}
