/** What a receiver never takes, with its words: lines of JSON in a few files of bounded size, for a person. */
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from '../../../core/io/file/durable-file.ts';

const maxFileBytes = 16 * 1024 * 1024;
const olderFiles = 3;
/** Words of a receiver, and records as long as that, are told by their beginning. */
const maxLineLength = 256 * 1024;

/** What was not taken, and why; the whole of it stands there. */
export interface DeadLetter {
  readonly delivery: { readonly kind: string; readonly id: string };
  readonly reason: string;
}

export class DeadLetters {
  readonly #file: string;
  #bytes: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws what the disk throws: then they are not lost, but sent again */
  async write(refused: readonly DeadLetter[], nowMs: number): Promise<void> {
    if (refused.length === 0) return;
    const time = new Date(nowMs).toISOString();
    const lines = refused.map(({ delivery, reason }) => {
      const line = JSON.stringify({ time, reason: reason.slice(0, 1000), ...delivery });
      const { kind, id } = delivery;
      return line.length <= maxLineLength
        ? line
        : JSON.stringify({ time, reason: reason.slice(0, 1000), kind, id });
    });
    const text = `${lines.join('\n')}\n`;
    await this.#makeRoom(Buffer.byteLength(text));
    await appendFile(this.#file, text, { mode: 0o600, flush: true });
  }

  async #makeRoom(bytes: number): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    this.#bytes ??= (await stat(this.#file).catch(() => ({ size: 0 }))).size;
    if (this.#bytes > 0 && this.#bytes + bytes > maxFileBytes) {
      for (let number = olderFiles; number >= 1; number -= 1) {
        const from = number === 1 ? this.#file : `${this.#file}.${number - 1}`;
        await rename(from, `${this.#file}.${number}`).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
      }
      this.#bytes = 0;
    }
    this.#bytes += bytes;
  }
}
