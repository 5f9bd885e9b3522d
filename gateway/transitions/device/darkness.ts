/**
 * Which devices were not heard for too long: by when what they said arrived here, and by the monotonic clock. A gateway that was
 * down, or asleep, has heard nobody: after a start everybody has a fresh period.
 */

import { silentPeriods } from '../../../core/status/dark.ts';

/** So long a gateway that runs does not go without a look, milliseconds. */
const standstillMs = 5 * 60_000;

interface Heard {
  /** Tip of its branch. */
  readonly tip: string;
  readonly atMs: number;
}

export class Darkness {
  readonly #heard = new Map<string, Heard>();
  #aliveMs = Number.POSITIVE_INFINITY;

  /** Its branch is there. @returns whether it moved since it was looked at last; the first look says nothing of that */
  see(device: string, tip: string, nowMs: number): boolean {
    const before = this.#heard.get(device);
    if (before?.tip === tip) return false;
    this.#heard.set(device, { tip, atMs: nowMs });
    return before !== undefined;
  }

  forget(device: string): void {
    this.#heard.delete(device);
  }

  /**
   * The tips of those that are silent for longer than that. An outage takes devices away one after the other, each as its report
   * is due: while others have missed all but the last report, too, they are waited for, no longer than for one.
   * @param counts whether it is asked of that device
   */
  silent(
    { afterMs, nowMs }: { readonly afterMs: number; readonly nowMs: number },
    counts: (device: string) => boolean,
  ): ReadonlyMap<string, string> {
    const patienceMs = afterMs / silentPeriods;
    const found: [device: string, tip: string][] = [];
    let [longestMs, areOthersNear] = [0, false];
    for (const [device, { tip, atMs }] of this.#heard) {
      const silentMs = nowMs - atMs;
      if (silentMs <= afterMs - patienceMs || !counts(device)) continue;
      if (silentMs <= afterMs) areOthersNear = true;
      else {
        found.push([device, tip]);
        longestMs = Math.max(longestMs, silentMs);
      }
    }
    return new Map(areOthersNear && longestMs < afterMs + patienceMs ? [] : found);
  }

  /** It is looked, or something is heard. Where the gateway itself stood still it has heard nobody: everybody begins anew. */
  alive(nowMs: number): void {
    if (nowMs - this.#aliveMs > standstillMs)
      for (const [device, { tip }] of this.#heard) this.#heard.set(device, { tip, atMs: nowMs });
    this.#aliveMs = nowMs;
  }
}
