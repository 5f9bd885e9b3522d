/** Small files of /proc, /sys and /etc, read at once and within bounds; what cannot be read is not there. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';

const maxFileBytes = 256 * 1024;
const maxNames = 4096;

export class HostFiles {
  readonly #root: string;
  /** The files say no size: one buffer takes each in turn. */
  readonly #buffer = Buffer.allocUnsafe(16 * 1024);

  /** @param root where `/` is: a test has a tree of its own */
  constructor(root = '/') {
    this.#root = root;
  }

  /** @returns undefined: not there, not for us, or longer than such files are */
  text(file: string): string | undefined {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path.join(this.#root, file), 'r');
      return this.#whole(descriptor);
    } catch {
      return undefined;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  /** A number that stands alone in a file. */
  number(file: string): number | undefined {
    const text = this.text(file)?.trim();
    if (text === undefined || text === '') return undefined;
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }

  /** None where there is no such folder. */
  names(folder: string): string[] {
    try {
      return readdirSync(path.join(this.#root, folder)).slice(0, maxNames).sort();
    } catch {
      return [];
    }
  }

  has(file: string): boolean {
    return this.names(path.dirname(file)).includes(path.basename(file));
  }

  /** Most fit into the buffer: nothing is copied of them but the text. */
  #whole(descriptor: number): string | undefined {
    let buffer = this.#buffer;
    for (let filled = 0; filled <= maxFileBytes; ) {
      const read = readSync(descriptor, buffer, filled, buffer.length - filled, null);
      if (read === 0) return buffer.toString('utf8', 0, filled);
      filled += read;
      if (filled < buffer.length) continue;
      const larger = Buffer.allocUnsafe(4 * buffer.length);
      buffer.copy(larger);
      buffer = larger;
    }
    return undefined;
  }
}
