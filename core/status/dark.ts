/** From when on a device that says nothing is dark: at the gateway, which tells people of it, and on the page. */
import { parseDuration } from '../duration.ts';
import { cronProblem } from '../fleet/cron.ts';
import { longestGapMs } from '../fleet/cron-gap.ts';
import { defaults } from '../fleet/setting-defaults.ts';

const leastMs = parseDuration('15m');
/** Reports that it has missed. */
export const silentPeriods = 3;

/** How long a device may say nothing, milliseconds. @param schedule `telemetry.schedule` of fleet.yaml */
export function darkAfterMs(schedule: string = defaults.telemetrySchedule): number {
  if (cronProblem(schedule) !== undefined) return silentPeriods * leastMs;
  return Math.max(leastMs, silentPeriods * longestGapMs(schedule));
}
