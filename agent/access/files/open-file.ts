/** Files that a client has open: each is a command in the container that reads, or writes, from one end to the other. */
import type { ContainerExec } from '../engine/container-exec.ts';
import type { Listed } from '../people/access-rooms.ts';
import { FileRefusal, type FilesAsked } from './container-files.ts';
import type { FileFacts, FolderEntry } from './file-facts.ts';
import { PulledOutput } from './pulled-output.ts';

/** Read and thrown away rather than begun anew. */
const maxSkipBytes = 1024 * 1024;

export class ReadFile {
  readonly kind = 'read';
  readonly path: string;
  readonly facts: FileFacts;
  readonly #files: FilesAsked;
  readonly #signal: AbortSignal;
  #output: PulledOutput | undefined;
  #position = 0;
  #taken = 0;

  constructor(files: FilesAsked, path: string, facts: FileFacts, signal: AbortSignal) {
    this.path = path;
    this.facts = facts;
    this.#files = files;
    this.#signal = signal;
  }

  /** Bytes that were read of it. */
  get bytes(): number {
    return this.#taken;
  }

  /** @returns none at its end. @throws FileRefusal */
  async read(offset: number, length: number): Promise<Buffer> {
    const skip = offset - this.#position;
    if (this.#output === undefined || skip < 0 || skip > maxSkipBytes) {
      this.#output?.close();
      this.#output = new PulledOutput(await this.#files.read(this.path, offset));
    } else if (skip > 0) {
      await this.#output.take(skip);
    }
    const bytes = await this.#output.take(length);
    this.#position = offset + bytes.length;
    this.#taken += bytes.length;
    if (bytes.length > 0 || length === 0) return bytes;
    const code = await this.#output.end(this.#signal);
    if (code !== 0) throw new FileRefusal(4, this.#output.words || 'it could not be read');
    return bytes;
  }

  async close(): Promise<void> {
    this.#output?.close();
  }
}

/** Where the first byte goes that is written: over what is there, or behind it. */
export type WriteFrom = 'begin' | 'end';

export class WrittenFile {
  readonly kind = 'write';
  readonly path: string;
  readonly #files: FilesAsked;
  readonly #from: WriteFrom;
  readonly #signal: AbortSignal;
  #writing: { readonly exec: ContainerExec; readonly output: PulledOutput } | undefined;
  /** Where the next byte goes. */
  #position = 0;
  #taken = 0;

  constructor(files: FilesAsked, path: string, from: WriteFrom, signal: AbortSignal) {
    this.path = path;
    this.#files = files;
    this.#from = from;
    this.#signal = signal;
  }

  get bytes(): number {
    return this.#taken;
  }

  /** @throws FileRefusal where it is not the next byte: a file is written from its beginning to its end */
  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const writing = this.#writing ?? (await this.#begin(offset));
    if (this.#from === 'begin' && offset !== this.#position) throw inOrder();
    await writing.exec.write(bytes);
    this.#position += bytes.length;
    this.#taken += bytes.length;
  }

  /** What was written is there when it resolves. @throws FileRefusal where it is not there whole */
  async flush(): Promise<void> {
    const writing = this.#writing;
    if (writing === undefined) return;
    this.#writing = undefined;
    writing.exec.endInput();
    const code = await writing.output.end(this.#signal);
    if (code !== 0) throw new FileRefusal(4, writing.output.words || 'it could not be written');
  }

  close(): Promise<void> {
    return this.flush();
  }

  /** What is there of it stays. */
  async drop(): Promise<void> {
    this.#writing?.exec.letGo();
  }

  async #begin(offset: number) {
    const isOver = this.#from === 'begin' && offset === 0;
    if (!isOver) {
      const { size } = await this.#files.facts(this.path, true);
      if (this.#from === 'begin' && offset !== size) throw inOrder();
    }
    const exec = await this.#files.write(this.path, !isOver);
    this.#writing = { exec, output: new PulledOutput(exec) };
    this.#position = offset;
    return this.#writing;
  }
}

function inOrder(): FileRefusal {
  return new FileRefusal(8, 'a file is written in order here, from its beginning or behind its end');
}

/** Entries that are held for clients of all sessions: some megabytes of names. */
const maxListed = 100_000;

export class OpenFolder {
  readonly kind = 'folder';
  readonly path: string;
  readonly #listed: Listed;
  #entries: readonly FolderEntry[];
  #at = 0;

  /** @throws FileRefusal where others hold too much already */
  constructor(path: string, entries: readonly FolderEntry[], listed: Listed) {
    if (listed.entries > 0 && listed.entries + entries.length > maxListed)
      throw new FileRefusal(4, 'too many large folders are open on this device');
    listed.entries += entries.length;
    this.#listed = listed;
    this.path = path;
    this.#entries = entries;
  }

  /** @returns none at its end */
  next(count: number): readonly FolderEntry[] {
    const found = this.#entries.slice(this.#at, this.#at + count);
    this.#at += found.length;
    return found;
  }

  async close(): Promise<void> {
    this.#listed.entries -= this.#entries.length;
    this.#entries = [];
  }
}

export type OpenThing = ReadFile | WrittenFile | OpenFolder;
