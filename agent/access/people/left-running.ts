/** What went on in a container when its person was cut, and could not be ended: named until it is over. */

import { timeWord } from '../../../core/time-word.ts';

export interface LeftCommand {
  readonly operator: string;
  readonly app: string;
  readonly service: string;
  readonly what: string;
  readonly sinceMs: number;
}

/** Newest ones. */
const maxLeft = 20;
const longestWords = 300;

export class LeftRunning {
  readonly #left = new Map<LeftCommand, () => Promise<boolean>>();

  /** @param isRunning asked when it is named */
  add(command: LeftCommand, isRunning: () => Promise<boolean>): void {
    this.#left.set(command, isRunning);
    const [oldest] = this.#left.keys();
    if (this.#left.size > maxLeft && oldest !== undefined) this.#left.delete(oldest);
  }

  /** A sentence each. */
  words(): readonly string[] {
    return [...this.#left.keys()].map(({ operator, app, service, what, sinceMs }) =>
      `${what} of ${operator} in ${app}.${service}, since ${timeWord(sinceMs)}`.slice(0, longestWords),
    );
  }

  /** Forgets what is over by now: that is known when it resolves. Never rejects. */
  async look(): Promise<void> {
    for (const [command, isRunning] of [...this.#left]) {
      if (!(await isRunning())) this.#left.delete(command);
    }
  }
}
