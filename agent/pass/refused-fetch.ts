/** A gateway that does not admit this device is asked again after pauses that grow, and it is said less and less often. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';

const firstPauseMs = 30_000;
/** Whoever is let in again is back by then. */
const longestPauseMs = 5 * 60_000;
const longestSilenceMs = 60 * 60_000;

export class RefusedFetch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #refused: { readonly error: TowlineError; readonly count: number; readonly atMs: number } | undefined;
  #said: { readonly atMs: number; readonly silenceMs: number } | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * @param urgent a person asked for it: no waiting
   * @throws what `fetch` throws; AGENT_REFUSED as it was told last while it is not asked. `details.known`: it was said
   */
  async ask<Found>(urgent: boolean, fetch: () => Promise<Found>): Promise<Found> {
    const last = this.#refused;
    const nowMs = this.#clock.monotonic();
    if (last !== undefined && !urgent && nowMs - last.atMs < pauseMs(last.count)) throw known(last.error);
    try {
      const found = await fetch();
      this.#refused = undefined;
      this.#said = undefined;
      return found;
    } catch (error) {
      if (!isTowlineError(error, 'AGENT_REFUSED')) throw error;
      this.#refused = { error, count: (last?.count ?? 0) + 1, atMs: this.#clock.monotonic() };
      throw urgent || this.#isToBeSaid() ? error : known(error);
    }
  }

  #isToBeSaid(): boolean {
    const atMs = this.#clock.monotonic();
    const { atMs: saidMs, silenceMs } = this.#said ?? { atMs: -Infinity, silenceMs: firstPauseMs };
    if (atMs - saidMs < silenceMs) return false;
    this.#said = { atMs, silenceMs: Math.min(2 * silenceMs, longestSilenceMs) };
    return true;
  }
}

function pauseMs(count: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(count - 1, 10), longestPauseMs);
}

function known(error: TowlineError): TowlineError {
  const { code, message, details } = error;
  return new TowlineError(code, message, { details: { ...details, known: true } });
}
