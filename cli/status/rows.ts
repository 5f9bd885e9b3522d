/** Words of a device as a row of a table. */
import { type DeviceWords, span } from '../../core/status/device-words.ts';

/** @returns a row of the table whose head is `columns` */
export function cellsOf(words: DeviceWords, nowMs: number): string[] {
  const { device, outcome, trusts, wanted, runs, tunnel, why } = words;
  const ago = (time: string | undefined, never: string) =>
    time === undefined ? never : span(Date.parse(time), nowMs).replace(/[smhd]$/, '$& ago');
  const behind = [words.behind, words.behindSinceMs === undefined ? '' : span(words.behindSinceMs, nowMs)];
  const cells = [device, outcome, ago(words.reported, outcome === 'not shown' ? '' : 'never'), trusts];
  const rest = [behind.filter(Boolean).join(', '), wanted, runs, ago(words.since, ''), tunnel];
  return [...[...cells, ...rest].map(cell => cell || '-'), why];
}

export const columns = [
  ...['DEVICE', 'OUTCOME', 'REPORTED', 'TRUSTS', 'BEHIND', 'WANTED', 'RUNS', 'SINCE', 'TUNNEL', 'WHY'],
] as const;
