/** A part of what is soaked in a process of its own: what grows in it is the product's, not that of who visits it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';

export interface Held {
  readonly descriptors: number;
  /** After garbage was collected: V8's heap, and what is beside it. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

/** Each by its name. What it is given is what the one who asks has sent. */
type Handlers = Readonly<Record<string, (value: never) => unknown>>;

interface Question {
  readonly name: string;
  readonly value: never;
}

/** In the part: what it is asked for. `ready` is asked once, `close` last. */
export function answer(handlers: Handlers): void {
  const all: Handlers = { held, snapshot: (file: string) => writeHeapSnapshot(file), ...handlers };
  let last: Promise<unknown> = Promise.resolve();
  process.on('message', ({ name, value }: Question) => {
    last = last
      .then(() => all[name]?.(value))
      .then(
        said => process.send?.({ said }),
        error => process.send?.({ failed: String(error) }),
      );
    if (name === 'close') last = last.then(() => process.disconnect());
  });
  // Who asks is gone.
  process.once('disconnect', () => process.exit());
}

async function held(): Promise<Held> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await wait(10);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    heapBytes: heapUsed + external,
    residentBytes: rss,
  };
}

export class SoakPart implements AsyncDisposable {
  readonly #child: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  /** @param file beside this one */
  constructor(file: string) {
    this.#child = fork(path.join(import.meta.dirname, file), { execArgv: ['--expose-gc'] });
  }

  /** One question after the other. @throws Error where it failed there, or the part is gone */
  ask<Answer>(name: string, value?: unknown): Promise<Answer> {
    const asked = this.#last.then(() => this.#ask<Answer>(name, value));
    this.#last = asked.catch(() => {});
    return asked;
  }

  async #ask<Answer>(name: string, value: unknown): Promise<Answer> {
    const gone = new AbortController();
    const onExit = () => gone.abort(new Error(`a part of the soak has ended (${name})`));
    this.#child.once('exit', onExit);
    try {
      const answered = once(this.#child, 'message', { signal: gone.signal });
      this.#child.send({ name, value });
      const [{ said, failed }] = await answered;
      if (failed !== undefined) throw new Error(`${name}: ${failed}`);
      return said;
    } finally {
      this.#child.off('exit', onExit);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    await this.ask('close');
    await exited;
  }
}
