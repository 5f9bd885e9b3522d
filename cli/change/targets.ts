/** Which files a verb changes that is for the fleet, for groups or for devices: `--fleet`, `--group`, `--device`, `-l`. */

import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { fleetPath, groupPath } from '../../core/fleet/paths.ts';
import { someOf } from '../../core/some-of.ts';
import { collect } from '../command/collect.ts';
import { unknownName } from '../command/unknown-name.ts';
import { chosenDevices, selectorOption } from '../desk/selector-option.ts';

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

export function targetOptions(command: Command): Command {
  return command
    .option('--fleet', 'for all: in fleet.yaml')
    .option('--group <name>', 'for a group: in its file; repeatable', collect)
    .option('--device <id>', 'for a device: in its own file; repeatable', collect)
    .addOption(selectorOption());
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

/** As messages name where a change is looked at. */
export const placeName = ({ worktree }: { readonly worktree?: boolean }): string =>
  worktree === true ? 'the working tree' : 'main';
