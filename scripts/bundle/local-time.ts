/**
 * node-cron reads the parts of a date by Intl, also for the machine's own time zone, which `Date` knows by itself. The first
 * use of Intl loads 8 MB of ICU tables: too much for a device that wants to be woken every minute. Expressions with
 * a time zone of their own go on by Intl.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const partsHead = 'function buildDateParts(date, timezone) {\n';
const offsetHead = 'function getTimezoneGMT(date, timezone) {\n';

const localParts = `    if (!timezone) {
        const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getDay()];
        return {
            day: date.getDate(), month: date.getMonth() + 1, year: date.getFullYear(),
            hour: date.getHours(), minute: date.getMinutes(), second: date.getSeconds(),
            millisecond: date.getMilliseconds(), weekday,
            get gmt() { return getTimezoneGMT(date, timezone); },
        };
    }
`;

const localOffset = `    if (!timezone) {
        const minutes = -date.getTimezoneOffset();
        if (minutes === 0) return 'Z';
        const two = value => String(Math.floor(value)).padStart(2, '0');
        const size = Math.abs(minutes);
        return 'GMT' + (minutes < 0 ? '-' : '+') + two(size / 60) + ':' + two(size % 60);
    }
`;

/** @throws Error when node-cron reads no longer as it did when this was written */
export function withLocalTime(source: string): string {
  for (const head of [partsHead, offsetHead]) {
    if (source.split(head).length !== 2) throw new Error(`node-cron no longer has "${head.trim()}" once`);
  }
  return source.replace(partsHead, partsHead + localParts).replace(offsetHead, offsetHead + localOffset);
}

export const localTime: Plugin = {
  name: 'local-time',
  setup(build) {
    build.onLoad({ filter: /[/\\]node-cron[/\\]dist[/\\]_shared\.js$/ }, async ({ path }) => ({
      contents: withLocalTime(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};
