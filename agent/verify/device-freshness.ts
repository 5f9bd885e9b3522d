/** Whether what a device trusts is fresh enough to act on: asked in every pass, with the device's two clocks. */

import { isClockSynchronised } from '../../core/io/synchronised-clock.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import type { ReachedMemory } from '../../core/trust/reached.ts';
import { staleness } from './freshness.ts';

export interface DeviceFreshnessOptions {
  /** Raw objects for one question. */
  readonly objects: () => ObjectSource & AsyncDisposable;
  /** Device time, milliseconds: a clock that was set back makes nothing fresh again. */
  readonly nowMs: () => number;
  /** The wall clock, milliseconds. */
  readonly wallMs: () => number;
}

export class DeviceFreshness {
  readonly #options: DeviceFreshnessOptions;
  readonly #memory: ReachedMemory = {};

  constructor(options: DeviceFreshnessOptions) {
    this.#options = options;
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
    const nowMs = this.#options.nowMs();
    const wallSec = Math.floor(this.#options.wallMs() / 1000);
    const isKept = () => isClockSynchronised(signal);
    return await staleness({ objects, ...question, nowMs, wallSec, isKept, memory: this.#memory }, signal);
  }
}
