/** What ends `towline ssh` from outside: it takes back what it opened first, and only then goes. */
import type { ChildProcess } from 'node:child_process';

const held = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class HeldSignals implements Disposable {
  readonly #process: NodeJS.Process;
  readonly #stopping = new AbortController();
  readonly #listeners: ReadonlyMap<NodeJS.Signals, () => void>;
  #child: ChildProcess | undefined;
  /** The first one that came, but for Ctrl-C while the client has the terminal: that is the client's. */
  came: NodeJS.Signals | undefined;

  constructor(target: NodeJS.Process) {
    this.#process = target;
    this.#listeners = new Map(held.map(name => [name, () => this.#hear(name)]));
    for (const [name, listener] of this.#listeners) target.on(name, listener);
  }

  /** Aborted as soon as one came, while no client ran. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** While it runs, signals are its own. */
  lend(child: ChildProcess): () => void {
    this.#child = child;
    return () => {
      this.#child = undefined;
    };
  }

  #hear(name: NodeJS.Signals): void {
    const isTerminals = name === 'SIGINT' && this.#process.stdin.isTTY;
    if (this.#child !== undefined) {
      // From a terminal both have it already.
      if (isTerminals) return;
      this.came ??= name;
      this.#child.kill(name);
      return;
    }
    // A second Ctrl-C: the person waits for nothing more.
    if (this.came !== undefined && name === 'SIGINT') this.#process.exit(130);
    this.came ??= name;
    this.#stopping.abort(new DOMException('stopped', 'AbortError'));
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) this.#process.off(name, listener);
  }
}
