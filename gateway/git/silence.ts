/**
 * Git sessions of people that say nothing. A session holds a process and a place; whoever needs neither, because they say
 * nothing or do not read what they asked for, gives way to those who wait.
 */
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Lane } from './git-job.ts';

export interface SilenceLimits {
  /** Nothing passed for this long, and somebody else waits for the place. git itself is never silent: it sends keepalives
   * every five seconds while it works. */
  readonly whileOthersWaitMs: number;
  /** A fetch that has asked for nothing yet: nothing passed for this long… */
  readonly beforeFirstWantMs: number;
  /** …or it lists refs over and over. */
  readonly untilFirstWantMs: number;
  /** A fetch. */
  readonly fetchMs: number;
  /** A push: a pre-push hook runs between git's advert and the client's first word. */
  readonly pushMs: number;
}

export const silenceLimits: SilenceLimits = Object.freeze({
  whileOthersWaitMs: 10_000,
  beforeFirstWantMs: 10_000,
  untilFirstWantMs: 60_000,
  fetchMs: 120_000,
  pushMs: 15 * 60_000,
});

const lookEveryMs = 1_000;

export interface Session extends Disposable {
  /** Aborted when it was silent for too long: TowlineError GATEWAY_SESSION_SILENT. */
  readonly signal: AbortSignal;
  /** It has its place. */
  begin(): void;
  /** Something passed, in either direction. */
  heard(): void;
  /** A fetch has named what it wants. */
  asked(): void;
}

interface Watched {
  readonly lane: Lane;
  readonly isFetch: boolean;
  readonly controller: AbortController;
  /** By the monotonic clock; undefined while it waits for a place. */
  began: number | undefined;
  heard: number;
  asked: boolean;
}

export class SilenceWatch {
  readonly #clock: Clock;
  readonly #isCrowded: (lane: Lane) => boolean;
  readonly #limits: SilenceLimits;
  readonly #sessions = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** @param isCrowded whether somebody waits in this lane for a place that others have. */
  constructor(clock: Clock, isCrowded: (lane: Lane) => boolean, limits: SilenceLimits = silenceLimits) {
    this.#clock = clock;
    this.#isCrowded = isCrowded;
    this.#limits = limits;
  }

  open(lane: Lane, isFetch: boolean): Session {
    const controller = new AbortController();
    const session: Watched = { lane, isFetch, controller, began: undefined, heard: 0, asked: !isFetch };
    this.#sessions.add(session);
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
    const now = () => this.#clock.monotonic();
    return {
      signal: controller.signal,
      begin: () => {
        session.began = session.heard = now();
      },
      heard: () => {
        session.heard = now();
      },
      asked: () => {
        session.asked = true;
      },
      [Symbol.dispose]: () => {
        this.#sessions.delete(session);
        if (this.#sessions.size > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  #look(): void {
    const now = this.#clock.monotonic();
    const crowded = new Set<Lane>();
    const longestFirst = [...this.#sessions].sort((left, right) => left.heard - right.heard);
    for (const session of longestFirst) {
      if (session.began === undefined || session.controller.signal.aborted) continue;
      const why = this.#tooLong(session, now, session.began);
      if (why !== undefined) this.#end(session, why);
      else if (
        now - session.heard >= this.#limits.whileOthersWaitMs &&
        !crowded.has(session.lane) &&
        this.#isCrowded(session.lane)
      ) {
        // One at a time: who waits may be served by then.
        crowded.add(session.lane);
        this.#end(session, 'nothing was said while others wait');
      }
    }
  }

  #tooLong({ isFetch, asked, heard }: Watched, now: number, began: number): string | undefined {
    const { beforeFirstWantMs, untilFirstWantMs, fetchMs, pushMs } = this.#limits;
    const silentMs = now - heard;
    if (!asked && (silentMs >= beforeFirstWantMs || now - began >= untilFirstWantMs)) {
      return 'nothing was asked for';
    }
    return silentMs >= (isFetch ? fetchMs : pushMs) ? 'nothing was said' : undefined;
  }

  #end({ controller }: Watched, why: string): void {
    controller.abort(new TowlineError('GATEWAY_SESSION_SILENT', `${why} for too long`));
  }
}

/** Finds the first `want` in what a client sends, wherever the pieces are cut. */
export class WantFinder {
  #tail = '';

  /** @returns whether it has come. */
  look(chunk: Buffer): boolean {
    const text = this.#tail + chunk.toString('latin1');
    this.#tail = text.slice(-10);
    return /[0-9a-fA-F]{4}want [0-9a-f]/.test(text);
  }
}
