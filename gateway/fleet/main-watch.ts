/**
 * Whether main follows: the forge, where there is one, and the walk, main. What hangs says nothing, so it is looked at from
 * outside: what is there, since when it differs, and when the forge last answered.
 */
import type { Clock } from '../../core/io/clock.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

export interface MainSight {
  readonly main: ObjectId | undefined;
  readonly trusted: ObjectId | undefined;
  /** The walk has said why it goes no further: that is no lagging behind. */
  readonly stopped: boolean;
  /** The forge; undefined where none is mirrored. */
  readonly forge?:
    | {
        readonly seen: ObjectId | undefined;
        /** Code of what keeps main from following. */
        readonly trouble: string | undefined;
        readonly looks: number;
        readonly failures: number;
        /** Two looks in a row are no further apart, milliseconds. */
        readonly everyMs: number;
      }
    | undefined;
}

export interface MainState {
  readonly following: boolean;
  /** Why it does not. */
  readonly why?: string;
  /** Milliseconds. */
  readonly forMs?: number;
}

/** A fetch of a large push and its walk take some seconds. */
const patienceMs = 60_000;

export class MainWatch {
  readonly #sight: () => MainSight;
  readonly #clock: Clock;
  #looks = -1;
  #lookedAt: number;
  #behind: { readonly why: string; readonly since: number } | undefined;

  constructor(sight: () => MainSight, clock: Clock) {
    this.#sight = sight;
    this.#clock = clock;
    this.#lookedAt = clock.monotonic();
  }

  /** To be called every second or so, and before the state is read. */
  look(): MainState {
    const sight = this.#sight();
    const now = this.#clock.monotonic();
    const looks = (sight.forge?.looks ?? 0) + (sight.forge?.failures ?? 0);
    if (looks !== this.#looks) this.#lookedAt = now;
    this.#looks = looks;
    const why = this.#why(sight, now);
    if (why === undefined) this.#behind = undefined;
    else this.#behind = { why, since: this.#behind?.since ?? now };
    if (this.#behind === undefined) return { following: true };
    return { following: false, why: this.#behind.why, forMs: Math.round(now - this.#behind.since) };
  }

  /** It does not follow, and has not for longer than that may take. */
  get isLate(): boolean {
    return (this.look().forMs ?? 0) >= patienceMs;
  }

  #why({ main, trusted, stopped, forge }: MainSight, now: number): string | undefined {
    if (forge?.trouble !== undefined) return `the forge is not followed: ${forge.trouble}`;
    if (forge?.seen !== undefined && forge.seen !== main) return 'the forge has another main';
    if (forge !== undefined && now - this.#lookedAt > forge.everyMs) return 'the forge is not looked at';
    return main !== trusted && !stopped ? 'main is not walked' : undefined;
  }
}
