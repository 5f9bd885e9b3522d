/**
 * Watches the daemon that a run of tests has started. dockerd 20.10 can lock itself up (moby/moby#46661: of two containers
 * that leave one network at once, one holds the network and waits for the controller, the other the reverse); from then on
 * each test would wait for each request until its limit. Such a daemon is killed and brought up again on the same data.
 */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnEngine } from './own-engine.ts';

/** When the engine was away: from its last answer until it answered anew. Milliseconds since 1970. */
export interface Absence {
  readonly from: number;
  readonly to: number;
}

export interface WatchTimes {
  readonly everyMs: number;
  /** A request that has no answer by then has hung. */
  readonly limitMs: number;
  /** Asked once more before anything is killed: we may have been held up ourselves. */
  readonly againMs: number;
}

const defaultTimes: WatchTimes = { everyMs: 10_000, limitMs: 45_000, againMs: 5000 };
/** One that hangs again and again is no accident. */
const maxRestarts = 5;
/** What takes the locks of its networks, and what takes those of its containers. */
const probes = ['/networks', '/containers/json'];

/** False where `over` ends it first. An error is an answer, and a daemon that is not there does not hang. */
function answers(socketPath: string, path: string, over: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const asking = request({ socketPath, path, agent: false, signal: over }, response => {
      response.once('close', () => resolve(response.complete || !over.aborted));
      response.resume();
    });
    asking.on('error', () => resolve(!over.aborted));
    asking.end();
  });
}

type Watched = Pick<OwnEngine, 'socket' | 'stacks' | 'down' | 'up'>;

export class EngineWatch {
  readonly #engine: Watched;
  readonly #say: (text: string) => void;
  readonly #times: WatchTimes;
  readonly #absences: Absence[] = [];
  readonly #end = new AbortController();
  /** Those who want to know it as of now. */
  readonly #waiting: (() => void)[] = [];
  /** Ends the pause between two rounds. */
  #wake = new AbortController();
  readonly #watching: Promise<void>;

  /** Begins at once. `say` is given what belongs into the log of the run. */
  constructor(engine: Watched, say: (text: string) => void, times: Partial<WatchTimes> = {}) {
    this.#engine = engine;
    this.#say = say;
    this.#times = { ...defaultTimes, ...times };
    this.#watching = this.#watch();
  }

  /** In order of time; what hangs just now, or is on its way up, is waited for. */
  async absences(): Promise<readonly Absence[]> {
    const seen = new Promise<void>(resolve => this.#waiting.push(resolve));
    this.#wake.abort();
    await Promise.race([seen, this.#watching]);
    return this.#absences;
  }

  /** Ends the watch; a restart that has begun is waited for. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    let answered = Date.now();
    while (!this.#end.signal.aborted && this.#absences.length < maxRestarts) {
      this.#wake = new AbortController();
      const waiting = this.#waiting.splice(0);
      const asked = Date.now();
      if ((await this.#hung(this.#times.limitMs)) === undefined) answered = asked;
      else {
        const path = await this.#hung(this.#times.againMs);
        if (path !== undefined && !(await this.#restart(path, answered))) return;
      }
      for (const resolve of waiting) resolve();
      const signal = AbortSignal.any([this.#end.signal, this.#wake.signal]);
      await sleep(this.#times.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The request that has no answer. */
  async #hung(limitMs: number): Promise<string | undefined> {
    const over = AbortSignal.any([AbortSignal.timeout(limitMs), this.#end.signal]);
    const told = await Promise.all(probes.map(path => answers(this.#engine.socket, path, over)));
    return this.#end.signal.aborted ? undefined : probes[told.indexOf(false)];
  }

  async #restart(path: string, from: number): Promise<boolean> {
    const silentMs = Date.now() - from;
    this.#say(
      `\n!!! THE ENGINE HANGS: GET ${path} has had no answer for ${Math.round(silentMs / 1000)} s. It is killed and brought up again.\n`,
    );
    this.#say(`${await this.#engine.stacks()}\n`);
    try {
      await this.#engine.down('SIGKILL');
      await this.#engine.up();
    } catch (error) {
      this.#say(`!!! ${error instanceof Error ? error.message : error}\n`);
      this.#absences.push({ from, to: Number.POSITIVE_INFINITY });
      return false;
    }
    this.#absences.push({ from, to: Date.now() });
    this.#say('!!! the engine answers again\n\n');
    return true;
  }
}
