import { type CronValues, cronValues } from './cron.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Leap years and the weekdays of all dates come round within; what comes more rarely counts as this. */
const daysLooked = 4 * 366;

/**
 * The longest time between two moments that a schedule names, milliseconds, in any year: how long whoever keeps to it may be
 * silent. Seconds do not count.
 */
export function longestGapMs(expression: string): number {
  const values = cronValues(expression);
  const minutes = [...values.hours].flatMap(hour => [...values.minutes].map(minute => 60 * hour + minute));
  minutes.sort((one, other) => one - other);
  const [first = 0] = minutes;
  const last = minutes.at(-1) ?? 0;
  const within = minutes
    .slice(1)
    .reduce((most, minute, at) => Math.max(most, minute - (minutes[at] ?? 0)), 0);
  const overNight = first + 24 * 60 - last;
  return Math.max(within, overNight + (longestDayGap(values) - 1) * 24 * 60) * minuteMs;
}

function longestDayGap({ days, months, weekdays }: CronValues): number {
  if (days.size === 31 && months.size === 12 && weekdays.size === 7) return 1;
  let [longest, before] = [1, 0];
  for (let day = 1; day <= daysLooked; day += 1) {
    const date = new Date(Date.UTC(2024, 0, 1) + day * dayMs);
    const isNamed =
      days.has(date.getUTCDate()) && months.has(date.getUTCMonth() + 1) && weekdays.has(date.getUTCDay());
    if (!isNamed) continue;
    longest = Math.max(longest, day - before);
    before = day;
  }
  return Math.max(longest, daysLooked - before);
}
