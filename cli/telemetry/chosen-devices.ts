/** Which devices a reader means, and since when. */
import { TowlineError } from '../../core/errors.ts';
import { parseDuration } from '../../core/fleet/duration.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { matches, selectable } from '../../core/fleet/selector.ts';
import { noSuchDevice } from '../command/unknown-name.ts';

export interface Choice {
  /** By id; all of a selector where there is one. */
  readonly devices: readonly string[];
  /** `key=value,…` */
  readonly selector?: string;
}

/** Sorted. @throws TowlineError CLI_USAGE, CLI_NO_SUCH_DEVICE */
export function chosenDevices({ devices, selector }: Choice, fleet: Fleet, name: string): readonly string[] {
  const unknown = devices.find(id => !fleet.devices.has(id));
  if (unknown !== undefined) throw noSuchDevice(unknown, fleet.devices.keys(), `at ${name}`);
  if (selector === undefined) return [...new Set(devices)].sort();
  const labels = labelsOf(selector);
  const found = [...fleet.devices.keys()].filter(id => {
    const layers = layersOf(fleet, id);
    return layers !== undefined && matches({ labels }, selectable(layers));
  });
  if (found.length > 0) return found.sort();
  throw new TowlineError('CLI_NO_SUCH_DEVICE', `no device has the labels ${selector} at ${name}`);
}

function labelsOf(selector: string): Record<string, string> {
  const pairs = selector
    .split(',')
    .map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  if (!pairs.every(([key]) => key !== '' && selector.includes('='))) {
    throw new TowlineError('CLI_USAGE', `-l ${selector}: labels are written key=value, with commas between`);
  }
  return Object.fromEntries(pairs);
}

/** @param text of `--since`: a duration before now, or a time. @throws TowlineError CLI_USAGE */
export function sinceOf(text: string, nowMs: number): number {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  try {
    return nowMs - parseDuration(text);
  } catch (cause) {
    const message = `--since ${text}: a length of time such as 90s or 1h30m, or a time such as 2026-11-29T01:00:00Z`;
    throw new TowlineError('CLI_USAGE', message, { cause });
  }
}
