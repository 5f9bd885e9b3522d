/** Devices that something is for: by their ids, or by a selector as people type it: by labels, by group, all. */
import type { Selector } from '../../schemas/types.generated.ts';
import { TowlineError } from '../errors.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { matches, type Selectable, selectable } from '../fleet/selector.ts';
import { noSuchDevice, unknownName } from '../unknown-name.ts';

export interface Choice {
  /** By id; all of a selector where there is one. */
  readonly devices: readonly string[];
  /** `all`, or terms with commas between, all of which hold: `key=value`, `group=NAME`, `label:group=value`. */
  readonly selector?: string;
}

/** Sorted, each once. @param name of the commit, as it is shown @throws TowlineError CLI_USAGE, CLI_NO_SUCH_DEVICE */
export function chosenDevices({ devices, selector }: Choice, fleet: Fleet, name: string): readonly string[] {
  const unknown = devices.find(id => !fleet.devices.has(id));
  if (unknown !== undefined) throw noSuchDevice(unknown, fleet.devices.keys(), `at ${name}`);
  if (selector === undefined) return [...new Set(devices)].sort();
  if (devices.length > 0) throw new TowlineError('CLI_USAGE', '-l and names of devices exclude each other');
  const terms = readSelector(selector);
  for (const group of terms.flatMap(({ groups = [] }) => groups)) {
    if (!fleet.groups.has(group))
      throw new TowlineError(
        'CLI_USAGE',
        `-l ${selector}: ${unknownName('group', group, fleet.groups.keys())}`,
      );
  }
  const found = [...fleet.devices.keys()].filter(id => {
    const layers = layersOf(fleet, id);
    return layers !== undefined && isSelected(terms, selectable(layers));
  });
  if (found.length > 0) return found.sort();
  throw new TowlineError('CLI_NO_SUCH_DEVICE', `no device is selected by -l ${selector} at ${name}`);
}

/** Each term is a selector of its own. @throws TowlineError CLI_USAGE */
export function readSelector(text: string): readonly Selector[] {
  if (text === 'all') return [{ all: true }];
  return text.split(',').map(term => {
    const at = term.indexOf('=');
    const [key, value] = [term.slice(0, at), term.slice(at + 1)];
    if (at < 1 || term === 'group=') {
      const form = 'key=value and group=NAME, with commas between, or `all` alone';
      throw new TowlineError('CLI_USAGE', `-l ${text}: it is written ${form}`);
    }
    return key === 'group' ? { groups: [value] } : { labels: { [key.replace(/^label:/, '')]: value } };
  });
}

export const isSelected = (terms: readonly Selector[], device: Selectable): boolean =>
  terms.length > 0 && terms.every(term => matches(term, device));
