/** When a backup is due by the clock. Pure; all times are UTC, milliseconds since the epoch. */
import { cronProblem, cronValues } from '../fleet/cron.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** 29 February comes after eight years at the latest. */
const longestDays = 8 * 366 + 1;

/**
 * The first time after `afterMs` that the expression names, to the minute: seconds do not count.
 * Undefined: it never comes, or is no expression.
 */
export function nextTime(expression: string, afterMs: number): number | undefined {
  if (cronProblem(expression) !== undefined) return undefined;
  const { minutes, hours, days, months, weekdays } = cronValues(expression);
  const [, , day = '*', , weekday = '*'] = expression.split(' ').slice(-5);
  const fits = (date: Date): boolean => {
    if (!months.has(date.getUTCMonth() + 1)) return false;
    const [ofMonth, ofWeek] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    // cron(8): where both are restricted, either is enough.
    return day !== '*' && weekday !== '*' ? ofMonth || ofWeek : ofMonth && ofWeek;
  };
  const ofDay = [...hours].flatMap(hour => [...minutes].map(minute => (hour * 60 + minute) * minuteMs));
  ofDay.sort((a, b) => a - b);
  const firstMs = Math.floor(afterMs / dayMs) * dayMs;
  for (let count = 0; count < longestDays; count++) {
    const atMs = firstMs + count * dayMs;
    if (!fits(new Date(atMs))) continue;
    const time = ofDay.find(ms => atMs + ms > afterMs);
    if (time !== undefined) return atMs + time;
  }
  return undefined;
}

/** A schedule as the device has noted it: what came before that moment is not missed. */
export interface NotedSchedule {
  readonly expression: string;
  /** First seen here, or last carried out. */
  readonly sinceMs: number;
}

export interface ScheduleState {
  readonly expression: string;
  readonly noted: NotedSchedule | undefined;
  /** When the newest backups were begun. */
  readonly madeMs: readonly number[];
  readonly nowMs: number;
}

/**
 * Whether it is to be noted anew: it is another one, or was noted by a clock that ran ahead and was put right since. Until
 * then nothing is due.
 */
export function isUnnoted({ expression, noted, nowMs }: Omit<ScheduleState, 'madeMs'>): boolean {
  return noted?.expression !== expression || noted.sinceMs > nowMs;
}

/** However many times have gone by since the last one, one is due. A backup of the future is no last one. */
export function isDue(state: ScheduleState): boolean {
  const { expression, noted, madeMs, nowMs } = state;
  if (noted === undefined || isUnnoted(state)) return false;
  const lastMs = Math.max(noted.sinceMs, ...madeMs.filter(atMs => atMs <= nowMs));
  return (nextTime(expression, lastMs) ?? Number.POSITIVE_INFINITY) <= nowMs;
}
