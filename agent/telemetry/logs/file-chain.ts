/**
 * The files of one log: the one that is written to, those before it (`.1` is the newest of them), and compressed ones. Each is
 * held open from when it was seen, so that one that the engine removes is read to its end.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errnoOf } from '../../../core/errors/cause.ts';
import { FormatError } from './log-format.ts';

export interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
  /** Milliseconds since the epoch; 0: nobody knows. */
  readonly bornMs: number;
}

/** Of files that wait to be read; beyond it the oldest is left out and counted. */
export const mostWaiting = 6;

export class FileChain implements AsyncDisposable {
  readonly #file: string;
  /** From the oldest to the newest. */
  readonly #open: OpenFile[] = [];
  #isBroken = false;
  #isMissing = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** The one that is read. */
  get first(): OpenFile | undefined {
    return this.#open[0];
  }

  get waiting(): number {
    return Math.max(0, this.#open.length - 1);
  }

  /** Between what is open and what is there some may be missing. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** The file that is written to is not there: its container is gone, or the engine is about to begin another. */
  get isMissing(): boolean {
    return this.#isMissing;
  }

  /** Opens all that there is, or from one file on. @returns whether that one is there */
  async begin(from?: number): Promise<boolean> {
    await this.closeAll();
    const found = await this.#since(from);
    this.#open.push(...found.files);
    this.#isBroken = false;
    return from === undefined || found.isWhole;
  }

  /** Looks for files that have come since. */
  async refresh(): Promise<void> {
    const newest = this.#open.at(-1)?.inode;
    const inode = await stat(this.#file).then(
      ({ ino }) => ino,
      () => undefined,
    );
    this.#isMissing = inode === undefined;
    if (inode === undefined || inode === newest || this.#isBroken) return;
    const found = await this.#since(newest);
    if (!found.isWhole) {
      for (const { handle } of found.files) await handle.close();
      this.#isBroken = true;
      return;
    }
    const [known, ...others] = found.files;
    await known?.handle.close();
    this.#open.push(...others);
  }

  /** That file and all that are newer, the oldest first; all where it is not there. */
  async #since(from: number | undefined): Promise<{ files: OpenFile[]; isWhole: boolean }> {
    const files: OpenFile[] = [];
    for (const name of await this.#plain()) {
      const file = await opened(name);
      if (file === undefined) continue;
      // It was moved on while we looked.
      if (files.some(({ inode }) => inode === file.inode)) await file.handle.close();
      else files.unshift(file);
      if (file.inode === from) return { files, isWhole: true };
    }
    return { files, isWhole: false };
  }

  /** The first one is done with. */
  async shift(): Promise<void> {
    await this.#open.shift()?.handle.close();
  }

  async closeAll(): Promise<void> {
    while (this.#open.length > 0) await this.shift();
  }

  /** What the compressed ones hold, from the oldest on. */
  async *compressed(): AsyncGenerator<AsyncIterable<Buffer>> {
    const names = await this.#names();
    // One that is being compressed is there twice.
    const isDone = (name: string) => name.endsWith('.gz') && !names.includes(name.slice(0, -3));
    for (const name of names.filter(isDone).reverse()) {
      const packed = await openPlain(name).catch(() => undefined);
      if (packed !== undefined) yield pipeline(packed.createReadStream(), createGunzip(), () => undefined);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.closeAll();
  }

  /** From the newest to the oldest. */
  async #plain(): Promise<string[]> {
    return (await this.#names()).filter(name => !name.endsWith('.gz'));
  }

  async #names(): Promise<string[]> {
    const [folder, base] = [path.dirname(this.#file), path.basename(this.#file)];
    const numbers = new Map<string, number>();
    for (const name of await readdir(folder)) {
      if (name === base) numbers.set(name, 0);
      if (!name.startsWith(`${base}.`)) continue;
      const [, number] = /^\.(\d{1,4})(?:\.gz)?$/.exec(name.slice(base.length)) ?? [];
      if (number !== undefined) numbers.set(name, Number(number));
    }
    const sorted = [...numbers].sort(([, a], [, b]) => a - b);
    return sorted.map(([name]) => path.join(folder, name));
  }
}

/** Follows no link, and waits for no pipe. @throws FormatError where it is no plain file; what opening it throws */
export async function openPlain(name: string): Promise<FileHandle> {
  const handle = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new FormatError('a log of the engine is no plain file');
}

async function opened(name: string): Promise<OpenFile | undefined> {
  try {
    const handle = await openPlain(name);
    const { ino: inode, birthtimeMs, ctimeMs } = await handle.stat();
    return { handle, inode, bornMs: birthtimeMs < ctimeMs ? birthtimeMs : 0 };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const pieceBytes = 128 * 1024;

/** What is in a file that is not read: ends of lines, and bytes. */
export async function contentOf({ handle }: OpenFile): Promise<{ lines: number; bytes: number }> {
  let [lines, bytes] = [0, 0];
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (;;) {
    const { bytesRead } = await handle.read(piece, 0, piece.length, bytes);
    if (bytesRead === 0) return { lines, bytes };
    for (let at = piece.indexOf(10); at !== -1 && at < bytesRead; at = piece.indexOf(10, at + 1)) lines += 1;
    bytes += bytesRead;
  }
}
