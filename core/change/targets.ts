/** Which files a change is in that is for the fleet, for groups or for devices. */
import { TowlineError } from '../errors.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { fleetPath, groupPath } from '../fleet/paths.ts';
import { someOf } from '../some-of.ts';
import { unknownName } from '../unknown-name.ts';
import { chosenDevices } from './chosen-devices.ts';

export interface TargetOptions {
  readonly fleet?: boolean;
  readonly group?: readonly string[];
  readonly device?: readonly string[];
  readonly selector?: string;
}

export interface Targets {
  /** Files of one kind. */
  readonly paths: readonly string[];
  readonly kind: 'fleet' | 'group' | 'device';
  /** `the fleet`, `canary`, `pump-1, pump-2`. */
  readonly words: string;
  /** Ids of those whose merged values these files have a say in, sorted. */
  readonly devices: readonly string[];
}

/** @throws TowlineError CLI_USAGE, CLI_NO_SUCH_DEVICE */
export function targetsOf(fleet: Fleet, options: TargetOptions, name: string): Targets {
  const { group = [], device = [], selector } = options;
  const given = [options.fleet === true, group.length > 0, device.length > 0 || selector !== undefined];
  if (given.filter(Boolean).length !== 1)
    throw new TowlineError('CLI_USAGE', 'for whom? One of --fleet, --group, --device, -l');
  if (options.fleet === true) {
    return { paths: [fleetPath], kind: 'fleet', words: 'the fleet', devices: [...fleet.devices.keys()] };
  }
  const unknown = group.find(each => !fleet.groups.has(each));
  if (unknown !== undefined)
    throw new TowlineError('CLI_USAGE', unknownName('group', unknown, fleet.groups.keys()));
  if (group.length > 0) {
    const devices = [...fleet.devices.keys()].filter(id =>
      layersOf(fleet, id)?.device.value.groups?.some(each => group.includes(each)),
    );
    return { paths: group.map(groupPath), kind: 'group', words: group.join(', '), devices };
  }
  const choice = { devices: device, ...(selector === undefined ? {} : { selector }) };
  const devices = chosenDevices(choice, fleet, name);
  const paths = devices.map(id => fleet.devices.get(id)?.path ?? '');
  return { paths, kind: 'device', words: someOf(devices), devices };
}
