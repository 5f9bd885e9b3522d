/** Whether updates may be applied now. */
import type { MaintenanceWindow } from '../desired/state.ts';

const minuteMs = 60_000;
const longestMs = 31 * 24 * 60 * minuteMs;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

interface LocalTime {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

function localTimes(timeZone: string): (ms: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
  });
  return ms => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return {
      minute: Number(parts.minute),
      hour: Number(parts.hour),
      day: Number(parts.day),
      month: Number(parts.month),
      weekday: weekdays.indexOf((parts.weekday ?? '').toLowerCase()),
    };
  };
}

function fieldValue(text: string, words: readonly string[], offset: number): number {
  const word = words.indexOf(text.toLowerCase().slice(0, 3));
  return word >= 0 ? word + offset : Number(text);
}

function fieldFits(text: string, value: number, words: readonly string[] = [], offset = 0): boolean {
  return text.split(',').some(part => {
    const [range = '*', step] = part.split('/');
    const [first = '', last] = range.split('-');
    const every = Number(step ?? 1);
    const from = range === '*' ? offset : fieldValue(first, words, offset);
    if (range !== '*' && last === undefined && step === undefined) return value === from;
    const to =
      range === '*' || last === undefined ? Number.POSITIVE_INFINITY : fieldValue(last, words, offset);
    return value >= from && value <= to && (value - from) % every === 0;
  });
}

/** Five fields, or six with seconds first (a window starts with its minute). */
function startFits(expression: string, time: LocalTime): boolean {
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = expression.split(/\s+/).slice(-5);
  if (!fieldFits(minute, time.minute) || !fieldFits(hour, time.hour)) return false;
  if (!fieldFits(month, time.month, months, 1)) return false;
  const dayFits = fieldFits(day, time.day, [], 1);
  const weekdayFits =
    fieldFits(weekday, time.weekday, weekdays) || (time.weekday === 0 && fieldFits(weekday, 7));
  // cron(8): where both are restricted, either is enough.
  return day !== '*' && weekday !== '*' ? dayFits || weekdayFits : dayFits && weekdayFits;
}

function windowOpen(window: MaintenanceWindow, nowMs: number): boolean {
  const local = localTimes(window.timeZone);
  const lengthMs = Math.min(window.durationMs, longestMs);
  const lastMinute = Math.floor(nowMs / minuteMs) * minuteMs;
  for (let start = lastMinute; start > nowMs - lengthMs; start -= minuteMs) {
    if (startFits(window.start, local(start))) return true;
  }
  return false;
}

/** True without windows. Looks back minute by minute, so clocks that are put forward or back need no care. */
export function updatesAllowed(windows: readonly MaintenanceWindow[], nowMs: number): boolean {
  return windows.length === 0 || windows.some(window => windowOpen(window, nowMs));
}

/** "0 2 * * * Europe/Vienna" for people. */
export function describeWindows(windows: readonly MaintenanceWindow[]): string {
  return windows.map(({ start, timeZone }) => `"${start}" ${timeZone}`).join(' or ');
}
