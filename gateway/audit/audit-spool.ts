/**
 * What is in no commit yet, on the disk: lines of the chain, in files that are appended to and, once they are committed, removed.
 * A line is with the system when `append` returns, so that it outlives the process; within a second it is on the disk, too.
 */
import { closeSync, fsync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  makeFolderDurably,
  namesIn,
  readBounded,
  syncFolder,
  writeDurably,
} from '../../core/io/file/durable-file.ts';
import type { WaitingLine } from './audit-branch.ts';

/** Of all that waits, bytes: a repository that takes no commit for so long is one that a person must look at. */
export const maxSpoolBytes = 16 * 1024 * 1024;
const syncMs = 1000;
const fileName = /^spool-(\d{1,15})\.ndjson$/;
/** What a `replace` that was killed has left. */
const unfinished = /^\.spool-\d+\.ndjson\.[0-9a-f]{12}\.tmp$/;
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
  /** All that waits is to stand elsewhere, and may not do so yet. */
  #replaced: SpoolFile[] = [];
  #next: number;
  #open: { readonly file: SpoolFile; readonly descriptor: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> = Promise.resolve();
  /** Of the last sync. */
  #trouble: unknown;

  /** @returns lines that wait, as they were appended; one that was cut off is none. What is appended goes into another file. */
  static async open(folder: string, onTrouble: (error: unknown) => void) {
    await makeFolderDurably(folder);
    const names = await namesIn(folder);
    for (const name of names) if (unfinished.test(name)) await unlink(join(folder, name));
    const numbers = names.flatMap(name => fileName.exec(name)?.[1] ?? []).map(Number);
    numbers.sort((one, other) => one - other);
    const lines: string[] = [];
    const files: SpoolFile[] = [];
    for (const number of numbers) {
      const path = join(folder, `spool-${number}.ndjson`);
      // Written anew, lines may have grown.
      const text = (await readBounded(path, 2 * maxSpoolBytes))?.toString('utf8') ?? '';
      const own = text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1);
      files.push({ path, bytes: Buffer.byteLength(text), last: Math.max(0, ...own.map(seqOf)) });
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

  /** Whether files are left of which all was to stand elsewhere. */
  get isReplacing(): boolean {
    return this.#replaced.length > 0;
  }

  get bytes(): number {
    return [...this.#replaced, ...this.#files].reduce((sum, file) => sum + file.bytes, 0);
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
    await this.close();
    await this.#remove(this.#files.filter(({ last }) => last <= through));
  }

  /**
   * These lines stand there instead of all that did, in one file, or all stays as it is; what is appended meanwhile stands behind them.
   * @throws what the disk throws
   */
  async replace(lines: readonly Pick<WaitingLine, 'seq' | 'line'>[]): Promise<void> {
    this.#turnOver();
    this.#replaced.push(...this.#files);
    const path = join(this.#folder, `spool-${this.#next}.ndjson`);
    this.#next += 1;
    const text = lines.map(({ line }) => `${line}\n`).join('');
    this.#files = [];
    try {
      await writeDurably(path, text);
    } catch (error) {
      // It may be there all the same.
      this.#replaced.push({ path, bytes: 0, last: 0 });
      throw error;
    }
    this.#files.unshift({ path, bytes: Buffer.byteLength(text), last: lines.at(-1)?.seq ?? 0 });
    for (const old of [...this.#replaced]) {
      await rm(old.path, { force: true });
      this.#replaced = this.#replaced.filter(other => other !== old);
    }
  }

  /** On the disk when it resolves. @throws what the disk throws */
  async synced(): Promise<void> {
    this.#sync();
    await this.#syncing;
    if (this.#trouble !== undefined) throw this.#trouble;
  }

  async #remove(files: readonly SpoolFile[]): Promise<void> {
    for (const file of files) {
      await unlink(file.path);
      this.#files = this.#files.filter(other => other !== file);
    }
  }

  async close(): Promise<void> {
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

  /** What is appended from now on stands in another file. */
  #turnOver(): void {
    const { descriptor } = this.#open ?? {};
    if (descriptor === undefined) return;
    this.#open = undefined;
    // Behind a sync of it that is under way.
    this.#syncing = this.#syncing.then(() => closeSync(descriptor)).catch(this.#onTrouble);
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
