/** Whether an agent before this one died while it read a commit, of the memory that this took for instance. */

import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../../core/log.ts';

/** After a power cut it may be missing: then one more start is lost. */
export class ReadingMark {
  readonly #file: string;

  constructor(stateDirectory: string) {
    this.#file = path.join(stateDirectory, 'reading');
  }

  /** Then a commit that an agent cannot read and live must not stand before the one that puts it right. */
  async isLeft(log?: Pick<Log, 'warn'>): Promise<boolean> {
    const left = await readFile(this.#file, 'utf8').catch(() => undefined);
    if (left !== undefined) log?.warn({ commit: left.trim() }, 'died while it read a commit: fetching first');
    return left !== undefined;
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
