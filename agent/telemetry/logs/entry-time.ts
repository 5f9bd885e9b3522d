/** Times of entries, as engines write them → UTC with nine digits, so that they sort as text. */

/** `2026-11-23T18:00:00.000000000Z`. */
const length = 30;
const written = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

const latest = Date.UTC(2200) * 1000;

/** @returns undefined: no time */
export function entryTime(text: string): string | undefined {
  if (text.length === length && text[19] === '.' && text[29] === 'Z' && text[10] === 'T') return text;
  const [, whole, fraction = '', zone = 'Z'] = written.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const nanoseconds = `${fraction.padEnd(9, '0')}Z`;
  if (zone === 'Z') return `${whole}.${nanoseconds}`;
  const ms = Date.parse(`${whole}${zone}`);
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(0, 19)}.${nanoseconds}` : undefined;
}

/** Milliseconds since the epoch. */
export function msOf(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`);
}

/** A time that is so much earlier. */
export function earlier(time: string, ms: number): string {
  return wordOf(Math.max(0, msOf(time) - ms));
}

/** @param ms since the epoch */
export function wordOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000000Z`;
}

/** Microseconds since the epoch: of no log more lines come. 0 beyond the year 2200, where no clock is right. */
export function microsecondsOf(time: string): number {
  const microseconds = msOf(time) * 1000 + Number(time.slice(23, 26));
  return microseconds > 0 && microseconds < latest ? microseconds : 0;
}
