/**
 * What is in no commit yet, on the disk: lines of the chain, in files that are appended to and, once they are committed, removed.
 * A line is with the system when `append` returns, so that it outlives the process; within a second it is on the disk, too.
 */
import { closeSync, fsync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolderDurably, namesIn, readBounded, syncFolder } from '../../core/io/file/durable-file.ts';

/** Of all that waits, bytes: a repository that takes no commit for so long is one that a person must look at. */
export const maxSpoolBytes = 16 * 1024 * 1024;
const syncMs = 1000;
const fileName = /^spool-(\d{1,15})\.ndjson$/;
const synced = promisify(fsync);

interface SpoolFile {
  readonly path: string;
  /** Number of its last entry. */
  last: number;
  bytes: number;
}

export class AuditSpool {
  readonly #folder: string;
  readonly #onTrouble: (error: unknown) => void;
  #files: SpoolFile[];
  #next: number;
  #open: { readonly file: SpoolFile; readonly descriptor: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> = Promise.resolve();
  /** Of the last sync. */
  #trouble: unknown;

  /** @returns lines that wait, as they were appended; one that was cut off is none. What is appended goes into another file. */
  static async open(folder: string, onTrouble: (error: unknown) => void) {
    await makeFolderDurably(folder);
    const numbers = (await namesIn(folder)).flatMap(name => fileName.exec(name)?.[1] ?? []).map(Number);
    numbers.sort((one, other) => one - other);
    const lines: string[] = [];
    const files: SpoolFile[] = [];
    for (const number of numbers) {
      const path = join(folder, `spool-${number}.ndjson`);
      const text = (await readBounded(path, maxSpoolBytes))?.toString('utf8') ?? '';
      const own = text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1);
      files.push({ path, bytes: text.length, last: Math.max(0, ...own.map(seqOf)) });
      for (const line of own) lines.push(line);
    }
    const spool = new AuditSpool({ folder, onTrouble, files, next: (numbers.at(-1) ?? 0) + 1 });
    return { spool, lines };
  }

  private constructor(opened: {
    readonly folder: string;
    readonly onTrouble: (error: unknown) => void;
    readonly files: SpoolFile[];
    readonly next: number;
  }) {
    this.#folder = opened.folder;
    this.#onTrouble = opened.onTrouble;
    this.#files = opened.files;
    this.#next = opened.next;
  }

  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** All of it stands there, or nothing. @throws what the disk throws; Error where the spool is full */
  append(seq: number, line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.bytes + bytes.length > maxSpoolBytes) throw new Error(`more than ${maxSpoolBytes} bytes wait`);
    const { file, descriptor } = this.#opened();
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    } catch (error) {
      // Half a line would be the beginning of the next one.
      ftruncateSync(descriptor, file.bytes);
      throw error;
    }
    file.last = seq;
    file.bytes += bytes.length;
    this.#timer ??= setTimeout(() => this.#sync(), syncMs);
  }

  /** Files of which all is committed go; what comes from now on stands in another one. */
  async drop(through: number): Promise<void> {
    await this.#close();
    await this.#remove(this.#files.filter(({ last }) => last <= through));
  }

  /** Of files that were there at the start: all that waits was appended again. */
  async supersede(): Promise<void> {
    const old = this.#files.filter(file => file !== this.#open?.file);
    await this.synced();
    await this.#remove(old);
  }

  /** On the disk when it resolves. @throws what the disk throws */
  async synced(): Promise<void> {
    this.#sync();
    await this.#syncing;
    if (this.#trouble !== undefined) throw this.#trouble;
  }

  async close(): Promise<void> {
    await this.#close();
  }

  async #remove(files: readonly SpoolFile[]): Promise<void> {
    for (const file of files) {
      await unlink(file.path);
      this.#files = this.#files.filter(other => other !== file);
    }
  }

  async #close(): Promise<void> {
    const { descriptor } = this.#open ?? {};
    this.#sync();
    await this.#syncing;
    if (descriptor === undefined) return;
    // What was appended meanwhile went into it, too.
    this.#open = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#syncing;
    try {
      await synced(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #opened(): { readonly file: SpoolFile; readonly descriptor: number } {
    if (this.#open !== undefined) return this.#open;
    const path = join(this.#folder, `spool-${this.#next}.ndjson`);
    // Appending: what was cut off again leaves no hole.
    const descriptor = openSync(path, 'ax', 0o600);
    this.#next += 1;
    const file = { path, last: 0, bytes: 0 };
    this.#files.push(file);
    this.#open = { file, descriptor };
    return this.#open;
  }

  #sync(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { descriptor } = this.#open ?? {};
    if (descriptor === undefined) return;
    this.#syncing = this.#syncing
      .then(() => synced(descriptor))
      .then(() => syncFolder(this.#folder))
      .then(() => {
        this.#trouble = undefined;
      })
      .catch(error => {
        this.#trouble = error;
        this.#onTrouble(error);
      });
  }
}

/** In a text its quotes would be escaped. */
function seqOf(line: string): number {
  return Number(/[,{]"seq":(\d+)/.exec(line)?.[1] ?? 0);
}
