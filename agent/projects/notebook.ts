/** Files that the device notes things in: one change at a time, and what there was no room for is written later. */
import { isDiskFull } from '../../core/io/file/disk-full.ts';

export class Notebook {
  readonly #onNoRoom: (file: string, error: unknown) => void;
  /** Files that there was no room for → how they are written. */
  readonly #unwritten = new Map<string, () => Promise<void>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(onNoRoom: (file: string, error: unknown) => void) {
    this.#onNoRoom = onNoRoom;
  }

  /** Something is known only until the agent ends. */
  get full(): boolean {
    return this.#unwritten.size > 0;
  }

  isWritten(file: string): boolean {
    return !this.#unwritten.has(file);
  }

  /** Runs `work` when all that was asked for before has ended: what it reads is not changed before it has written. */
  alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** To be called alone. A full disk is no error: it is tried again later. @throws what else `write` throws */
  async write(file: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.#unwritten.delete(file);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      if (!this.#unwritten.has(file)) this.#onNoRoom(file, error);
      this.#unwritten.set(file, write);
    }
  }

  /** To be called alone. */
  async writeAgain(): Promise<void> {
    for (const [file, write] of [...this.#unwritten]) await this.write(file, write);
  }

  drop(file: string): void {
    this.#unwritten.delete(file);
  }
}
