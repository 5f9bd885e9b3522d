/** A commit, and the files of one device → all that decides who may do what on it. */
import type { DeviceLayers } from '../fleet/fleet.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import { selectable } from '../fleet/selector.ts';
import { desiredTunnel } from '../fleet/tunnel.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { DeviceAccess } from './device-access.ts';
import { gatewayKeysOf, keyBlobs } from './holder-keys.ts';
import { mergedAccess } from './merged-access.ts';
import type { OperatorFiles } from './operators.ts';
import { type KeyHolders, keyOwners, OwnedKeys, type OwnerQuestion } from './owned-keys.ts';
import { selects } from './reach.ts';

export interface AccessReading {
  readonly reader: RepositoryFiles;
  readonly commit: ObjectId;
  readonly operators: OperatorFiles;
  /** Absent: a key that several have is nobody's. */
  readonly firstOf?: OwnerQuestion['firstOf'];
}

/**
 * Reads the files of people, and no other device's: a key that a person shares with another device is told by the walk, where a
 * policy has walk 2, and by the gateway.
 * @returns undefined where the tunnel is closed
 * @throws TowlineError when an object is missing or malformed
 */
export async function accessAt(
  layers: DeviceLayers,
  { reader, commit, operators, firstOf = async () => undefined }: AccessReading,
): Promise<DeviceAccess | undefined> {
  const tunnel = desiredTunnel(layers);
  if (tunnel.state === 'closed') {
    operators.forget();
    return undefined;
  }
  const { id, fleet, device } = layers;
  const { groups, labels } = selectable(layers);
  const reached = { id, file: device.value, groups, labels: Object.fromEntries(labels) };
  const people = await operators.at(reader, commit);
  const holders: KeyHolders<{ id: string; file: typeof device.value }, (typeof people)[number]> = {
    devices: [{ id, file: device.value }],
    operators: people,
    keys: operators.keys,
    ofGateways: gatewayKeysOf(fleet.value),
  };
  const paths = new Map<object, string>(people.map(person => [person.file, person.path]));
  paths.set(device.value, device.path);
  const owners = await keyOwners({
    holders,
    pathOf: ({ file }) => paths.get(file),
    firstOf,
    // Its own tunnel is closed once it is revoked, and other devices are not looked at.
    isGuarded: false,
  });
  const owned = new OwnedKeys({ ...holders, owners });
  return {
    fleet: fleet.value.name,
    commit,
    device: reached,
    tunnel,
    access: mergedAccess(layers),
    operators: people
      .filter(({ file }) => (file.tunnels ?? []).some(selector => selects(selector, reached)))
      .map(person => ({ name: person.name, file: person.file, keys: owned.wiresOf(person) })),
    ...keyBlobs(fleet.value.gateways),
  };
}
