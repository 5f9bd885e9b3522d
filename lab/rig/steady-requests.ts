/** Requests at a fixed rate, whatever becomes of those before: what a service's clients see while it is replaced. */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Who asks is on a machine that has other things to do: how well the pace was kept. */
interface Pace {
  /** Requests begun more than `lateMs` after they were due. */
  readonly late: number;
  /** The latest of them, milliseconds. */
  readonly latestMs: number;
}

export interface Seen extends Pace {
  readonly answered: number;
  readonly failed: number;
  /** The longest time from an answer to the next one, milliseconds. */
  readonly longestGapMs: number;
  /** The longest that one waited for its answer, milliseconds: whatever the pace was. */
  readonly slowestMs: number;
  /** Why the first ones failed. */
  readonly reasons: readonly string[];
  /** What was answered last. */
  readonly last: string;
}

/** One that waits longer has failed, milliseconds. */
const patienceMs = 20_000;
const lateMs = 100;

export class SteadyRequests {
  /** A connection for each: one that is kept may be closed for its idleness just when it is used again. */
  readonly #agent = new Agent({ keepAlive: false });
  readonly #port: number;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #reasons: string[] = [];
  readonly #open = new Set<Promise<void>>();
  #answered = 0;
  #failed = 0;
  #gapMs = 0;
  #slowestMs = 0;
  #late = 0;
  #latestMs = 0;
  #lastMs = performance.now();
  #last = '';

  /** @param port of this machine's loopback. @param perSecond how many are begun */
  constructor(port: number, perSecond: number) {
    this.#port = port;
    this.#running = this.#run(perSecond);
  }

  async #run(perSecond: number): Promise<void> {
    const beginMs = performance.now();
    for (let sent = 0; !this.#stop.signal.aborted; ) {
      for (; ; sent++) {
        const behindMs = performance.now() - beginMs - (sent * 1000) / perSecond;
        if (behindMs < 0) break;
        if (behindMs > lateMs) this.#late++;
        this.#latestMs = Math.max(this.#latestMs, behindMs);
        this.#send();
      }
      await delay(2);
    }
  }

  #send(): void {
    const begunMs = performance.now();
    const one: Promise<void> = this.#ask()
      .then(
        body => this.#note(body, begunMs),
        (error: Error) => {
          this.#failed++;
          if (this.#reasons.length < 10) this.#reasons.push(error.message);
        },
      )
      .finally(() => {
        this.#open.delete(one);
      });
    this.#open.add(one);
  }

  #note(body: string, begunMs: number): void {
    const nowMs = performance.now();
    this.#slowestMs = Math.max(this.#slowestMs, nowMs - begunMs);
    this.#gapMs = Math.max(this.#gapMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.#last = body;
    this.#answered++;
  }

  #ask(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent, timeout: patienceMs };
    const asked = request(options, answer => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        body += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(body);
        else reject(new Error(`HTTP ${answer.statusCode}`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.end();
    return promise;
  }

  /** What was seen since the last time; counting begins anew. */
  seen(): Seen {
    const { longestGapMs, ...rest } = {
      answered: this.#answered,
      failed: this.#failed,
      longestGapMs: this.#gapMs,
      reasons: [...this.#reasons],
      last: this.#last,
      slowestMs: this.#slowestMs,
      late: this.#late,
      latestMs: this.#latestMs,
    };
    const sinceMs = performance.now() - this.#lastMs;
    [this.#answered, this.#failed, this.#gapMs, this.#slowestMs] = [0, 0, 0, 0];
    [this.#late, this.#latestMs] = [0, 0];
    this.#reasons.length = 0;
    return { ...rest, longestGapMs: Math.max(longestGapMs, sinceMs) };
  }

  /** Waits for what was sent. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await Promise.all(this.#open);
    this.#agent.destroy();
  }
}
