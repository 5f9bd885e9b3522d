/**
 * Which devices were not heard for too long: by when what they said arrived here, and by the monotonic clock. A gateway that was
 * down, or asleep, has heard nobody: after a start everybody has a fresh period.
 */

import { parseDuration } from '../../../core/duration.ts';
import { cronProblem } from '../../../core/fleet/cron.ts';
import { longestGapMs } from '../../../core/fleet/cron-gap.ts';
import { defaults } from '../../../core/fleet/setting-defaults.ts';

const leastMs = parseDuration('15m');
const periods = 3;

/** How long a device may say nothing, milliseconds. @param schedule `telemetry.schedule` of fleet.yaml */
export function darkAfterMs(schedule: string = defaults.telemetrySchedule): number {
  if (cronProblem(schedule) !== undefined) return periods * leastMs;
  return Math.max(leastMs, periods * longestGapMs(schedule));
}

interface Heard {
  /** Tip of its branch. */
  readonly tip: string;
  readonly atMs: number;
}

export class Darkness {
  readonly #heard = new Map<string, Heard>();

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

  /** The tips of those that are silent for longer than that. */
  silent(afterMs: number, nowMs: number): ReadonlyMap<string, string> {
    const found = [...this.#heard].filter(([, { atMs }]) => nowMs - atMs > afterMs);
    return new Map(found.map(([device, { tip }]) => [device, tip]));
  }

  /** The gateway itself stood still, or heard nobody: everybody begins anew. */
  renew(nowMs: number): void {
    for (const [device, { tip }] of this.#heard) this.#heard.set(device, { tip, atMs: nowMs });
  }
}
