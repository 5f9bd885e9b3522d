/** What would have ended the process: rejections that nobody handles, exceptions that nobody catches. */
import { setImmediate } from 'node:timers/promises';

export class Unharmed implements Disposable {
  readonly #harm: unknown[] = [];
  readonly #note = (error: unknown) => {
    this.#harm.push(error);
  };

  constructor() {
    process.on('uncaughtException', this.#note);
    process.on('unhandledRejection', this.#note);
  }

  /** Lets what is under way come to light. @throws what would have ended the process */
  async check(): Promise<void> {
    await setImmediate();
    await setImmediate();
    const [first] = this.#harm.splice(0);
    if (first === undefined) return;
    throw new Error(`the process would have ended: ${first instanceof Error ? first.stack : String(first)}`);
  }

  [Symbol.dispose](): void {
    process.off('uncaughtException', this.#note);
    process.off('unhandledRejection', this.#note);
  }
}
