/**
 * Whether what a gateway sends comes fast enough. Only time in which it is waited for counts: a limit of the device's own, or an
 * engine that unpacks, slows down who sends.
 */
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';

/** In `withinMs` of waiting so many bytes must come, or the rest: as the gateway asks it of its registries. */
const slowestPace = { bytes: 256 * 1024, withinMs: 60_000 } as const;

/** Several pulls share what is allowed. @param rateBytes in a second; undefined: as many as come */
function leastBytes(rateBytes: number | undefined): number {
  const allowed = ((rateBytes ?? Number.POSITIVE_INFINITY) * slowestPace.withinMs) / 1000;
  return Math.min(slowestPace.bytes, allowed / 4);
}

/** Of one answer. */
export class Pace {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #least: number;
  #waitedMs = 0;
  #bytes = 0;
  #wasGood = false;

  constructor(clock: Pick<Clock, 'monotonic'>, rateBytes: number | undefined) {
    this.#clock = clock;
    this.#least = leastBytes(rateBytes);
  }

  /** For as long as one is asked for at all it was fast enough. */
  get wasGood(): boolean {
    return this.#wasGood;
  }

  /** The next piece. @throws TowlineError AGENT_ANSWER_CUT where too little has come; what the pieces throw */
  async next(pieces: AsyncIterator<Uint8Array>, what: string): Promise<IteratorResult<Uint8Array>> {
    const askedMs = this.#clock.monotonic();
    const next = await pieces.next();
    this.#waitedMs += this.#clock.monotonic() - askedMs;
    if (next.done === true) return next;
    this.#bytes += next.value.length;
    if (this.#waitedMs < slowestPace.withinMs) return next;
    if (this.#bytes < this.#least) {
      const message = `${what}: ${this.#bytes} bytes in ${Math.round(this.#waitedMs / 1000)} s, at least ${Math.round(this.#least)} are wanted`;
      throw new TowlineError('AGENT_ANSWER_CUT', message, { details: { slow: true } });
    }
    this.#wasGood = true;
    this.#waitedMs = 0;
    this.#bytes = 0;
    return next;
  }
}
