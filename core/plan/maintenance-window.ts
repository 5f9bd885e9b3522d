/** Whether updates may be applied now, and images may come. */
import type { MaintenanceWindow } from '../desired/state.ts';
import { type Stretch, stretches } from './local-time.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const longestMs = 31 * dayMs;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

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

/** When a window starts, taken apart once. Five fields, or six with seconds first (it starts with its minute). */
class Starts {
  readonly #minutes: readonly boolean[];
  readonly #hours: readonly boolean[];
  readonly #dayFits: (local: Date) => boolean;

  constructor(expression: string) {
    const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = expression
      .split(/\s+/)
      .slice(-5);
    this.#minutes = Array.from({ length: 60 }, (_, value) => fieldFits(minute, value));
    this.#hours = Array.from({ length: 24 }, (_, value) => fieldFits(hour, value));
    this.#dayFits = local => {
      if (!fieldFits(month, local.getUTCMonth() + 1, months, 1)) return false;
      const dayFits = fieldFits(day, local.getUTCDate(), [], 1);
      const number = local.getUTCDay();
      const weekdayFits = fieldFits(weekday, number, weekdays) || (number === 0 && fieldFits(weekday, 7));
      // cron(8): where both are restricted, either is enough.
      return day !== '*' && weekday !== '*' ? dayFits || weekdayFits : dayFits && weekdayFits;
    };
  }

  /** Whether one lies at or after `fromMs` and before `toMs`, both local, written as if they were UTC. */
  within(fromMs: number, toMs: number): boolean {
    let at = Math.ceil(fromMs / minuteMs) * minuteMs;
    while (at < toMs) {
      const local = new Date(at);
      if (at % dayMs === 0 || at <= fromMs + minuteMs) {
        if (!this.#dayFits(local)) {
          at = (Math.floor(at / dayMs) + 1) * dayMs;
          continue;
        }
      }
      if (this.#hours[local.getUTCHours()] !== true) at = (Math.floor(at / hourMs) + 1) * hourMs;
      else if (this.#minutes[local.getUTCMinutes()] === true) return true;
      else at += minuteMs;
    }
    return false;
  }
}

/** Starts in a stretch; where clocks were put forward to begin it, one in what was left out is at its beginning. */
function startsIn(starts: Starts, { fromMs, toMs, offsetMs, leftOutMs }: Stretch): boolean {
  const from = fromMs + offsetMs;
  return starts.within(from, toMs + offsetMs) || starts.within(from - leftOutMs, from);
}

/** @param lateMs its first part that is let pass */
function windowOpen(window: MaintenanceWindow, nowMs: number, lateMs = 0): boolean {
  const starts = new Starts(window.start);
  const lengthMs = Math.min(window.durationMs, longestMs);
  // A start that is `lengthMs` ago is over by now.
  const firstMs = (Math.floor((nowMs - lengthMs) / minuteMs) + 1) * minuteMs;
  const endMs = (Math.floor((nowMs - lateMs) / minuteMs) + 1) * minuteMs;
  for (const stretch of stretches(window.timeZone, firstMs, endMs)) {
    if (startsIn(starts, stretch)) return true;
  }
  return false;
}

const isForUpdates = ({ kind }: MaintenanceWindow): boolean => kind !== 'download';

/** Of windows of kind download alone there is none that an update waits for. */
export const updateWindows = (windows: readonly MaintenanceWindow[]): MaintenanceWindow[] =>
  windows.filter(isForUpdates);

/**
 * True without windows for updates. Where clocks are put back a window may start twice; where they are put forward, one that
 * starts in what is left out starts right after it.
 */
export function updatesAllowed(windows: readonly MaintenanceWindow[], nowMs: number): boolean {
  const own = updateWindows(windows);
  return own.length === 0 || own.some(window => windowOpen(window, nowMs));
}

/** A place among the devices of a fleet: all of them would begin when a window opens. */
export interface Spread {
  /** From 0 to 1. */
  readonly share: number;
  readonly overMs: number;
}

function lateIn(window: MaintenanceWindow, { share, overMs }: Spread): number {
  return share * Math.min(overMs, window.durationMs / 2);
}

/**
 * Images may come in a window of either kind; true without windows.
 * @param spread so much of each window is let pass, half of it at most. Absent: nothing.
 */
export function pullsAllowed(
  windows: readonly MaintenanceWindow[],
  nowMs: number,
  spread: Spread = { share: 0, overMs: 0 },
): boolean {
  return windows.length === 0 || windows.some(window => windowOpen(window, nowMs, lateIn(window, spread)));
}

/**
 * When to look again while a share of a window that is open is let pass: soon enough that the window is not over by then,
 * however often that is done. Undefined: none is open.
 */
export function lookAgainMs(
  windows: readonly MaintenanceWindow[],
  nowMs: number,
  spread: Spread,
): number | undefined {
  const open = windows.filter(window => windowOpen(window, nowMs));
  if (open.length === 0) return undefined;
  return nowMs + Math.min(...open.map(window => lateIn(window, spread))) / 2;
}

/** "0 2 * * * Europe/Vienna" for people. */
export function describeWindows(windows: readonly MaintenanceWindow[]): string {
  return windows.map(({ start, timeZone }) => `"${start}" ${timeZone}`).join(' or ');
}
