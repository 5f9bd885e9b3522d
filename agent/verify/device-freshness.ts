/** Whether what a device trusts is fresh enough to act on: asked in every pass, with the device's two clocks. */

import { isTowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { isClockSynchronised } from '../../core/io/synchronised-clock.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import type { ReachedMemory } from '../../core/trust/reached.ts';
import { verifyTimestamp } from '../../core/trust/timestamp.ts';
import { staleness } from './freshness.ts';

export interface DeviceFreshnessOptions {
  /** Raw objects for one question. */
  readonly objects: () => ObjectSource & AsyncDisposable;
  /** Device time: a clock that was set back makes nothing fresh again. */
  readonly time: Pick<Clock, 'now' | 'monotonic'>;
  /** The wall clock, milliseconds. */
  readonly wallMs: () => number;
}

export class DeviceFreshness {
  readonly #options: DeviceFreshnessOptions;
  readonly #memory: ReachedMemory = {};
  /** The newest time that a statement gave, and when that was by the monotonic clock. */
  #newest: { readonly ms: number; readonly atMs: number } | undefined;
  #seen: ObjectId | undefined;

  constructor(options: DeviceFreshnessOptions) {
    this.#options = options;
  }

  /**
   * The time by the newest statement that verifies, gone on since it was first seen; milliseconds since the epoch. It goes back
   * in no run of the agent. @throws TowlineError TRUST_OBJECT_…, GIT_STORE
   */
  async freshMs(
    trusted: TrustedState | undefined,
    timestamp: ObjectId | undefined,
  ): Promise<number | undefined> {
    const atMs = this.#options.time.monotonic();
    const goneOn = () =>
      this.#newest === undefined ? undefined : this.#newest.ms + atMs - this.#newest.atMs;
    if (trusted === undefined || timestamp === undefined || timestamp === this.#seen) return goneOn();
    await using objects = this.#options.objects();
    try {
      const { timeSec } = await verifyTimestamp({
        reader: new ObjectReader(objects),
        trusted,
        id: timestamp,
      });
      if (timeSec * 1000 > (goneOn() ?? 0)) this.#newest = { ms: timeSec * 1000, atMs };
      this.#seen = timestamp;
    } catch (error) {
      // Whether it is stale is asked elsewhere, and says why.
      if (!isTowlineError(error, 'TRUST_TIMESTAMP')) throw error;
    }
    return goneOn();
  }

  /** @returns why nothing may be moved, or undefined @throws TowlineError TRUST_OBJECT_…, GIT_STORE */
  async problem(
    question: {
      readonly trusted: TrustedState;
      readonly timestamp: ObjectId | undefined;
      readonly maxAgeMs: number;
    },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    await using objects = this.#options.objects();
    const nowMs = this.#options.time.now();
    const wallSec = Math.floor(this.#options.wallMs() / 1000);
    const isKept = () => isClockSynchronised(signal);
    return await staleness({ objects, ...question, nowMs, wallSec, isKept, memory: this.#memory }, signal);
  }
}
