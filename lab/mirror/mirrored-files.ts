/** The files of a lab's repository, made of production's: what is not needed to do what production's devices do is not there. */
import type { Fleet } from '../../core/fleet/fleet.ts';
import { fleetPath, groupPath } from '../../core/fleet/paths.ts';
import type { FleetFile } from '../../schemas/types.generated.ts';
import { deviceSecrets } from './device-secrets.ts';
import type { FleetAtCommit } from './fleet-source.ts';
import { type Keeping, keptDevice, keptFleet, keptGroup } from './kept-settings.ts';
import type { LabIdentity } from './lab-identity.ts';
import { type MirroredFile, type MirroredImages, mirroredApp } from './mirrored-app.ts';
import { mirroredRollouts } from './mirrored-rollouts.ts';
import { newTrust, yamlBytes } from './new-trust.ts';
import type { StandIn } from './stand-ins.ts';

/** Path from the root of the repository → the file. */
export type MirroredFiles = ReadonlyMap<string, MirroredFile>;

export interface Mirroring {
  readonly standIns: readonly StandIn[];
  readonly keeping: Keeping;
  /** Registries of the images, as references begin: devices ask the lab's gateways for them. */
  readonly registries: readonly string[];
  readonly images: MirroredImages;
}

/** Devices of a lab are watched while they look. */
const poll = { schedule: '*/10 * * * * *', jitter: '0s' };

function mirroredFleet(fleet: Fleet, lab: LabIdentity, { keeping, registries }: Mirroring): FleetFile {
  const value = keptFleet(fleet.file.value, keeping);
  const images = registries.length === 0 ? {} : { images: { throughGateway: [...registries], jitter: '0s' } };
  return { ...value, name: lab.fleet, gateways: [...lab.gateways], poll, ...images };
}

/** Apps that a device of the lab has, whatever their rollouts say. */
function appsOf(fleet: Fleet, { standIns }: Mirroring): string[] {
  const given = [fleet.file, ...fleet.groups.values()].flatMap(({ value }) => Object.keys(value.apps ?? {}));
  const own = standIns.flatMap(({ device }) => Object.keys(fleet.devices.get(device)?.value.apps ?? {}));
  return [...new Set([...given, ...own])].sort();
}

/**
 * @throws TowlineError when an object is missing or malformed, SECRET_MALFORMED and SECRET_UNSUPPORTED for a file that a device of
 *   the lab uses
 */
export async function mirroredFiles(
  at: FleetAtCommit,
  lab: LabIdentity,
  mirroring: Mirroring,
  signal: AbortSignal,
): Promise<MirroredFiles> {
  const { fleet } = at;
  const { standIns, keeping } = mirroring;
  const files = new Map<string, MirroredFile>();
  const add = (path: string, bytes: Uint8Array) => files.set(path, { mode: '100644', bytes });
  add(fleetPath, yamlBytes(mirroredFleet(fleet, lab, mirroring)));
  for (const [name, { value }] of fleet.groups) add(groupPath(name), yamlBytes(keptGroup(value, keeping)));
  const devices = standIns.map(({ device }) => device).filter(device => fleet.devices.has(device));
  for (const { device } of standIns) {
    const made = lab.devices.get(device);
    if (made === undefined) continue;
    const own = fleet.devices.get(device)?.value;
    // One that comes with a later commit, or has gone by this one, is there and has nothing.
    const kept = own === undefined ? { apiVersion: 'towline/v1' } : keptDevice(own, keeping);
    add(`devices/${device}.yaml`, yamlBytes({ ...kept, ...made }));
  }
  for (const [path, rollout] of mirroredRollouts(fleet, devices)) add(path, yamlBytes(rollout));
  for (const app of appsOf(fleet, mirroring)) {
    signal.throwIfAborted();
    for await (const [path, file] of mirroredApp(at, app, mirroring.images)) files.set(path, file);
  }
  for (const [path, text] of await deviceSecrets(at, devices, lab)) add(path, Buffer.from(text));
  for (const [path, bytes] of newTrust(lab)) add(path, bytes);
  return files;
}
