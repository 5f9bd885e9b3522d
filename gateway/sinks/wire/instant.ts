/** The engine's timestamps, RFC 3339 in UTC with up to nine digits, as protocols want them. */

export interface Instant {
  /** Since the epoch. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** @param time as records have it. What is none is the epoch: a record is delivered all the same. */
export function instantOf(time: string): Instant {
  const ms = Date.parse(`${time.slice(0, 19)}Z`);
  if (Number.isNaN(ms)) return { seconds: 0, nanoseconds: 0 };
  return { seconds: ms / 1000, nanoseconds: Number(fractionOf(time).padEnd(9, '0')) };
}

/** With no more digits of its fraction than `digits`, cut and not rounded. */
export function withDigits(time: string, digits: number): string {
  const fraction = fractionOf(time).slice(0, digits);
  return fraction === '' ? `${time.slice(0, 19)}Z` : `${time.slice(0, 19)}.${fraction}Z`;
}

function fractionOf(time: string): string {
  return time[19] === '.' ? time.slice(20, -1) : '';
}
