/** Why nothing is shown: else a device that never reported looks like one on which nothing happened. Pure. */
import { formatDuration } from '../../core/duration.ts';
import type { Reading } from './reading.ts';

const mostNamed = 5;

export interface Silence {
  /** Nothing at all is shown. */
  readonly isEmpty: boolean;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

export function silenceWords(
  { devices, sentMs, keyless }: Pick<Reading, 'devices' | 'sentMs' | 'keyless'>,
  { isEmpty, sinceMs, nowMs }: Silence,
): string[] {
  const silent = devices.filter(device => !sentMs.has(device));
  const waiting = silent.filter(device => keyless.has(device));
  const unheard = silent.filter(device => !keyless.has(device));
  const sent = [...sentMs].sort(([, a], [, b]) => b - a);
  const ago = ([device, ms]: readonly [string, number]) =>
    `${device} ${formatDuration(Math.max(0, Math.round((nowMs - ms) / 1000)) * 1000)} ago`;
  return [
    ...(waiting.length === 0
      ? []
      : [`${listed(waiting)}: no keys yet, \`towline device accept\` comes first`]),
    ...(unheard.length === 0
      ? []
      : [`${listed(unheard)}: never sent anything, or \`reads\` of your operator file does not select it`]),
    ...(isEmpty && sent.length > 0
      ? [`nothing of that since ${new Date(sinceMs).toISOString()}; sent last: ${listed(sent.map(ago))}`]
      : []),
  ];
}

function listed(items: readonly string[]): string {
  const rest = items.length - mostNamed;
  return [...items.slice(0, mostNamed), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}
