/**
 * How many bytes of changes that nobody has signed one person may have put into fleet.git: nothing is taken out of it again, also
 * where the ref that led there is gone.
 */
import type { Clock } from '../../core/io/clock.ts';

/** Saved up, bytes, packed: some sixty changes of a fleet of ten thousand devices in one folder, thousands of others. */
const mostBytes = 16 * 1024 * 1024;
const bytesAnHour = 4 * 1024 * 1024;
const hourMs = 3_600_000;

interface Used {
  readonly bytes: number;
  readonly atMs: number;
}

export class PushRoom {
  readonly #clock: Clock;
  readonly #used = new Map<string, Used>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns whether there is room for them; then they are counted */
  take(who: string, bytes: number): boolean {
    const nowMs = this.#clock.monotonic();
    const { bytes: before, atMs } = this.#used.get(who) ?? { bytes: 0, atMs: nowMs };
    const left = Math.max(0, before - ((nowMs - atMs) / hourMs) * bytesAnHour);
    const fits = left + bytes <= mostBytes;
    this.#used.set(who, { bytes: fits ? left + bytes : left, atMs: nowMs });
    return fits;
  }
}
