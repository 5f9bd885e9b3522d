/** What `towline device add` was asked for. */
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { unknownName } from '../../core/unknown-name.ts';
import type { NewDevice } from './device-file.ts';
import type { InstallOptions } from './install-ways.ts';
import type { PlaceOptions } from './place-files.ts';

export interface AddOptions extends PlaceOptions, InstallOptions {
  readonly out?: string;
  readonly expires: string;
  readonly folder?: string;
  readonly group?: readonly string[];
  readonly label?: readonly string[];
  readonly count?: string;
  readonly prefix?: string;
  readonly renew?: boolean;
  readonly reAnchor?: boolean;
  readonly anchor?: string;
  readonly stateDirectory?: string;
}

function labelsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const [key = '', ...value] = pair.split('=');
      if (key !== '' && value.length > 0) return [key, value.join('=')];
      throw new TowlineError('CLI_USAGE', `--label ${pair} must be key=value`);
    }),
  );
}

/** @throws TowlineError CLI_USAGE */
export const newDevice = (
  id: string,
  { folder = '', group, label, renew = false }: AddOptions,
): NewDevice => ({
  ...{ id, renew, folder },
  groups: group,
  labels: label === undefined ? undefined : labelsOf(label),
});

/** @throws TowlineError CLI_USAGE */
export function assertGroups({ groups }: Fleet, { group = [] }: AddOptions): void {
  const unknown = group.find(name => !groups.has(name));
  if (unknown !== undefined)
    throw new TowlineError('CLI_USAGE', unknownName('group', unknown, groups.keys()));
}
