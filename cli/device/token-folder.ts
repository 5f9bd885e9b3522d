/** A folder with tokens of devices that are yet to enrol, a file for each, and a table of all. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { namesIn, syncFolder, writeDurably } from '../../core/io/file/durable-file.ts';
import { makeFolder } from '../desk/folder.ts';
import type { Enrolment } from './device-token.ts';

export class TokenFolder {
  readonly #folder: string;
  readonly #written = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get table(): string {
    return path.join(this.#folder, 'tokens.csv');
  }

  /** @throws TowlineError CLI_FILE_EXISTS: no token is written over */
  async assertFree(): Promise<void> {
    if ((await namesIn(this.#folder)).length === 0) return;
    throw new TowlineError('CLI_FILE_EXISTS', `${this.#folder} is not empty: tokens are not written over`);
  }

  /** All of them, for their owner alone; what was written before and is not among them goes. */
  async write(
    tokens: ReadonlyMap<string, Enrolment>,
    progress: (done: number, all: number) => void,
  ): Promise<void> {
    await this.clear();
    await makeFolder(this.#folder);
    const rows = ['id,token,expires'];
    for (const [id, { token, entry }] of tokens) {
      const file = path.join(this.#folder, `${id}.token`);
      this.#written.add(file);
      await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
      rows.push(`${id},${token},${entry.expires}`);
      progress(rows.length - 1, tokens.size);
    }
    await syncFolder(this.#folder);
    this.#written.add(this.table);
    await writeDurably(this.table, `${rows.join('\n')}\n`, { mode: 0o600 });
  }

  /** What was written here. */
  async clear(): Promise<void> {
    for (const file of this.#written) await rm(file, { force: true });
    this.#written.clear();
  }
}
