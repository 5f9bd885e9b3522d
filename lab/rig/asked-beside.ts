/** Steady requests from a process of their own: what the asking program does meanwhile makes none of them late. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import path from 'node:path';
import type { Seen } from './steady-requests.ts';

const program = path.join(import.meta.dirname, 'steady-requests-main.ts');
/** Before the programs that are measured: a generator that waits for a processor measures itself. */
const priority = -10;

function isSeen(value: unknown): value is Seen {
  return typeof value === 'object' && value !== null && 'answered' in value;
}

export class AskedBeside {
  readonly #child: ChildProcess;

  /** @param port of this machine's loopback. @param perSecond how many are begun */
  constructor(port: number, perSecond: number) {
    this.#child = fork(program, [String(port), String(perSecond)], { execArgv: [] });
    if (process.getuid?.() === 0 && this.#child.pid !== undefined) setPriority(this.#child.pid, priority);
  }

  async #tell(word: 'seen' | 'stop'): Promise<Seen> {
    const answer = once(this.#child, 'message');
    this.#child.send(word);
    const [seen]: unknown[] = await answer;
    if (!isSeen(seen)) throw new Error('not what was seen');
    return seen;
  }

  /** What was seen since the last time; counting begins anew. */
  seen(): Promise<Seen> {
    return this.#tell('seen');
  }

  /** Waits for what was sent. @returns what was seen since the last time */
  async stop(): Promise<Seen> {
    const ended = once(this.#child, 'exit');
    const seen = await this.#tell('stop');
    await ended;
    return seen;
  }
}
