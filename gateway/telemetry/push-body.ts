/**
 * The body of a push while it arrives. What is small stays in memory; beyond that it goes to a file, so that a
 * hundred devices that send slowly hold disk, not memory.
 */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { type PushHead, readPushHead } from './push-request.ts';

export interface PushBodyOptions {
  /** Folder for what does not stay in memory. */
  readonly folder: string;
  /** Names the file; unique. */
  readonly name: string;
  readonly maxBytes: number;
  /** Reads how it begins, undefined where more is needed: as agents begin unless it is given. */
  readonly readHead?: (bytes: Buffer) => PushHead | undefined;
}

const maxMemoryBytes = 256 * 1024;

export class PushBody implements AsyncDisposable {
  readonly #options: PushBodyOptions;
  #chunks: Buffer[] = [];
  #file: FileHandle | undefined;
  #length = 0;

  private constructor(options: PushBodyOptions) {
    this.#options = options;
  }

  /**
   * Reads a body to its end. `onHead` is called as soon as the command is there, and throws to refuse it: the pack
   * is then not waited for.
   */
  static async receive(
    stream: AsyncIterable<Buffer>,
    onHead: (head: PushHead) => void,
    options: PushBodyOptions,
  ): Promise<{ head: PushHead; body: PushBody }> {
    const body = new PushBody(options);
    const { readHead = readPushHead } = options;
    try {
      let head: PushHead | undefined;
      let start: Buffer = Buffer.alloc(0);
      for await (const chunk of stream) {
        if (head !== undefined) {
          await body.#append(chunk);
          continue;
        }
        start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
        head = readHead(start);
        if (head === undefined) continue;
        onHead(head);
        await body.#append(start.subarray(head.length));
      }
      if (head === undefined) throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'the command is cut off');
      return { head, body };
    } catch (error) {
      await body[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** It stayed in memory. */
  get isSmall(): boolean {
    return this.#file === undefined;
  }

  /** All of the pack. */
  async bytes(): Promise<Buffer> {
    if (this.#file === undefined) return Buffer.concat(this.#chunks);
    const bytes = Buffer.alloc(this.#length);
    for (let offset = 0; offset < bytes.length; ) {
      const { bytesRead } = await this.#file.read(bytes, offset, bytes.length - offset, offset);
      if (bytesRead === 0)
        throw new TowlineError('GATEWAY_INTERNAL', 'a spilled push is shorter than it was');
      offset += bytesRead;
    }
    return bytes;
  }

  async #append(chunk: Buffer): Promise<void> {
    const { maxBytes, folder, name } = this.#options;
    if (this.#length + chunk.length > maxBytes) {
      throw new TowlineError('GATEWAY_REQUEST_TOO_LARGE', `a push of more than ${maxBytes} bytes`);
    }
    if (this.#file === undefined && this.#length + chunk.length > maxMemoryBytes) {
      const path = join(folder, name);
      this.#file = await open(path, 'wx+', 0o600);
      // Gone with its handle, however this process ends.
      await unlink(path);
      await this.#file.writeFile(Buffer.concat(this.#chunks));
      this.#chunks = [];
    }
    if (this.#file === undefined) this.#chunks.push(chunk);
    else await this.#file.write(chunk, 0, chunk.length, this.#length);
    this.#length += chunk.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chunks = [];
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}
