/**
 * A file of lines of JSON that only grows, each with a checksum, and is written anew when its owner says so: for what changes
 * often and must never be lost. What was appended is on the disk, whole or not at all.
 */
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import {
  makeFolderDurably,
  readBounded,
  removeUnfinished,
  syncFolder,
  writeDurably,
} from './durable-file.ts';

export interface OpenJournal {
  readonly journal: Journal;
  /** What stood in it, the oldest first. A line that is cut off or damaged says nothing. */
  readonly entries: readonly unknown[];
  /** Lines that were damaged, other than the last: a failing disk, or a hand. */
  readonly damaged: number;
}

export class Journal {
  readonly #file: string;
  #handle: FileHandle | undefined;
  /** Of what is whole, bytes. */
  #size: number;

  /** @param maxBytes more is never written there. @throws TowlineError AGENT_FILE_TOO_LARGE */
  static async open(file: string, maxBytes: number): Promise<OpenJournal> {
    await makeFolderDurably(path.dirname(file));
    await removeUnfinished(file);
    const bytes = (await readBounded(file, maxBytes)) ?? Buffer.alloc(0);
    const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
    const lines = whole.length === 0 ? [] : whole.toString('utf8').slice(0, -1).split('\n');
    const read = lines.map(entryOf);
    const entries = read.filter(entry => entry !== undefined);
    return { journal: new Journal(file, whole.length), entries, damaged: read.length - entries.length };
  }

  private constructor(file: string, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** Bytes that it has now. */
  get bytes(): number {
    return this.#size;
  }

  /** One after the other: whoever calls waits for the one before. @throws what the disk throws: then none of them is in it */
  async append(entries: readonly object[]): Promise<void> {
    if (entries.length === 0) return;
    const bytes = Buffer.from(entries.map(lineOf).join(''));
    const handle = await this.#opened();
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } catch (error) {
      // Half of a line is no line; where this fails, too, the next open leaves it out.
      await handle.truncate(this.#size).catch(() => undefined);
      await this.close();
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Nothing but these from now on. */
  async rewrite(entries: Iterable<object>): Promise<void> {
    await this.close();
    const bytes = Buffer.from([...entries].map(lineOf).join(''));
    await writeDurably(this.#file, bytes);
    this.#size = bytes.length;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #opened(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle;
    const handle = await open(this.#file, 'a', 0o600);
    // What a kill has left behind the last whole line would make one of two.
    await handle.truncate(this.#size);
    await syncFolder(path.dirname(this.#file));
    this.#handle = handle;
    return handle;
  }
}

function lineOf(entry: object): string {
  const text = JSON.stringify(entry);
  return `${text} ${crc32(text).toString(16)}\n`;
}

function entryOf(line: string): unknown {
  const at = line.lastIndexOf(' ');
  const text = line.slice(0, at);
  if (at < 0 || crc32(text).toString(16) !== line.slice(at + 1)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
