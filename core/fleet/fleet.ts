/** A fleet repository at one commit, read and checked. */
import type { ObjectId } from '../trust/git/object-source.ts';
import type { Rollouts } from './rollout-files.ts';
import type { CheckedFile } from './schema-check.ts';

export interface FleetApp {
  /** apps/<app>/app.yaml, where there is one. */
  readonly file: CheckedFile<'app'> | undefined;
  readonly releases: ReadonlyMap<string, CheckedFile<'release'>>;
}

/** The whole repository: for the CLI and the gateway. */
export interface Fleet {
  readonly commit: ObjectId;
  readonly name: string;
  readonly file: CheckedFile<'fleet'>;
  readonly policy: CheckedFile<'policy'> | undefined;
  readonly images: CheckedFile<'images'> | undefined;
  /** Path → armored OpenPGP keys of principals, as far as they are there. */
  readonly policyKeys: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, CheckedFile<'group'>>;
  /** By id, sorted. */
  readonly devices: ReadonlyMap<string, CheckedFile<'device'>>;
  readonly apps: ReadonlyMap<string, FleetApp>;
  readonly rollouts: Rollouts;
  /** Versions of the agent that root has listed, sorted by their names. */
  readonly agents: ReadonlyMap<string, CheckedFile<'agents'>>;
  readonly operators: ReadonlyMap<string, CheckedFile<'operator'>>;
}

/** What decides over one device, from wide to narrow. */
export interface DeviceLayers {
  readonly id: string;
  readonly fleet: CheckedFile<'fleet'>;
  /** The device's groups, by priority, the lowest first. */
  readonly groups: readonly CheckedFile<'group'>[];
  readonly device: CheckedFile<'device'>;
  /** Of its apps and of its agent; those of others may be missing. */
  readonly rollouts: Rollouts;
}

/** Lowest priority first; of equal ones, the name that sorts earlier first. */
export function inOrder(groups: readonly CheckedFile<'group'>[]): CheckedFile<'group'>[] {
  return [...groups].sort(
    (left, right) =>
      (left.value.priority ?? 0) - (right.value.priority ?? 0) || (left.path < right.path ? -1 : 1),
  );
}

/**
 * The layers of one device of a loaded fleet.
 * @returns undefined when there is no such device
 */
export function layersOf(fleet: Fleet, id: string): DeviceLayers | undefined {
  const device = fleet.devices.get(id);
  if (device === undefined) return undefined;
  const groups = (device.value.groups ?? [])
    .map(name => fleet.groups.get(name))
    .filter(group => group !== undefined);
  return { id, fleet: fleet.file, groups: inOrder(groups), device, rollouts: fleet.rollouts };
}
