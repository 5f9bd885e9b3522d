/** When something happened, to the nanosecond, as receivers want to have it. */
import type { Origin } from './delivery.ts';

export interface Instant {
  /** Since the epoch, whole ones. */
  readonly seconds: number;
  /** Beyond those, 0 to 999,999,999. */
  readonly nanoseconds: number;
}

/** A record may lie so far after its own commit: clocks are set while logs are written. Beyond it, it is made up. */
const maxAheadMs = 10 * 60_000;
const wholeSeconds = 'YYYY-MM-DDTHH:MM:SS'.length;
const zero = '0'.charCodeAt(0);

/**
 * Of a record. One that says no date (a 13th month), or a time that its commit had not seen yet, counts as of the commit's.
 * @param time RFC 3339 in UTC, `Z` at its end, up to nine digits of a second
 */
export function instantOf(time: string, { commitMs }: Pick<Origin, 'commitMs'>): Instant {
  const ms = wholeMs(time);
  if (!(ms >= 0 && ms <= commitMs + maxAheadMs)) return instantOfMs(commitMs);
  let nanoseconds = 0;
  let unit = 100_000_000;
  for (let at = wholeSeconds + 1; at < time.length - 1; at += 1) {
    nanoseconds += (time.charCodeAt(at) - zero) * unit;
    unit /= 10;
  }
  return { seconds: ms / 1000, nanoseconds };
}

/**
 * Its whole second, milliseconds since the epoch: of each record for each sink, so nothing is made on the way.
 * @returns NaN: no date
 */
function wholeMs(time: string): number {
  const [month, day, hour] = [twoDigits(time, 5), twoDigits(time, 8), twoDigits(time, 11)];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) return Number.NaN;
  const year = twoDigits(time, 0) * 100 + twoDigits(time, 2);
  // Date.UTC takes the year 70 for 1970.
  if (year < 1970) return Number.NaN;
  return Date.UTC(year, month - 1, day, hour, twoDigits(time, 14), twoDigits(time, 17));
}

function twoDigits(time: string, at: number): number {
  return (time.charCodeAt(at) - zero) * 10 + time.charCodeAt(at + 1) - zero;
}

/** @param ms since the epoch, whole ones */
export function instantOfMs(ms: number): Instant {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanoseconds: (ms - seconds * 1000) * 1_000_000 };
}

/** Nanoseconds since the epoch, as a decimal number: more than a double holds. */
export function nanosecondsWord({ seconds, nanoseconds }: Instant): string {
  if (seconds === 0) return String(nanoseconds);
  return `${seconds}${String(nanoseconds).padStart(9, '0')}`;
}

/** RFC 3339 in UTC with nanoseconds. */
export function instantWord({ seconds, nanoseconds }: Instant): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, wholeSeconds);
  return `${whole}.${String(nanoseconds).padStart(9, '0')}Z`;
}

/** A record's time, as `instantOf` has it, RFC 3339 with nanoseconds: of nearly every one, what it says itself. */
export function timeWord(time: string, origin: Pick<Origin, 'commitMs'>): string {
  const at = instantOf(time, origin);
  if (wholeMs(time) !== at.seconds * 1000) return instantWord(at);
  if (time.length === wholeSeconds + '.123456789Z'.length) return time;
  return `${time.slice(0, wholeSeconds)}.${time.slice(wholeSeconds + 1, -1).padEnd(9, '0')}Z`;
}
