/** A file of whole lines that is set aside when it is large: `records.ndjson`, `records.ndjson.1` and so on. */
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isMissing, makeFolderDurably, syncFolder } from '../../../core/io/file/durable-file.ts';

export interface RotatedFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** How many older files stay. */
  readonly keep: number;
  /** Whether what was appended is on the disk when it counts as appended. */
  readonly isSynced: boolean;
}

/** A line that was cut off by a power cut is no longer than that. */
const longestLine = 8 * 1024 * 1024;

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
  bytes: number;
}

export class RotatedFile {
  readonly #options: RotatedFileOptions;
  #open: OpenFile | undefined;

  constructor(options: RotatedFileOptions) {
    this.#options = options;
  }

  /** All of it or nothing. @param text whole lines @throws what the disk throws */
  async append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const file = await this.#ready(bytes.length);
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.handle.write(bytes, at, bytes.length - at, file.bytes + at);
        at += bytesWritten;
      }
      if (this.#options.isSynced) await file.handle.datasync();
      file.bytes += bytes.length;
    } catch (error) {
      // Of a full disk no half line is left, where that can be.
      await file.handle.truncate(file.bytes).catch(() => undefined);
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.handle.close();
  }

  async #ready(bytes: number): Promise<OpenFile> {
    const { path: file, maxBytes } = this.#options;
    // Somebody else may have moved it away, such as logrotate.
    const { ino, size } = await stat(file).catch((error: unknown) => {
      if (isMissing(error)) return { ino: -1, size: 0 };
      throw error;
    });
    // Or cut it (`copytruncate`): written where it ended before, all in front would be zeros.
    if (this.#open !== undefined && (this.#open.inode !== ino || size < this.#open.bytes)) await this.close();
    this.#open ??= await this.#begin();
    if (this.#open.bytes === 0 || this.#open.bytes + bytes <= maxBytes) return this.#open;
    await this.close();
    await this.#setAside();
    this.#open = await this.#begin();
    return this.#open;
  }

  async #begin(): Promise<OpenFile> {
    const { path: file } = this.#options;
    await makeFolderDurably(path.dirname(file));
    const handle = await open(file, 'a+', 0o640).then(async first => {
      await first.close();
      return await open(file, 'r+');
    });
    const { size, ino } = await handle.stat();
    const bytes = await wholeLines(handle, size);
    if (bytes < size) await handle.truncate(bytes);
    return { handle, inode: ino, bytes };
  }

  async #setAside(): Promise<void> {
    const { path: file, keep } = this.#options;
    if (keep === 0) await rm(file, { force: true });
    for (let number = keep; number >= 1; number -= 1) {
      const from = number === 1 ? file : `${file}.${number - 1}`;
      await rename(from, `${file}.${number}`).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    }
    await syncFolder(path.dirname(file));
  }
}

/** Where the last whole line ends. */
async function wholeLines(handle: FileHandle, size: number): Promise<number> {
  const length = Math.min(size, longestLine);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const end = buffer.lastIndexOf(0x0a);
  return end === -1 && length < size ? size : size - length + end + 1;
}
