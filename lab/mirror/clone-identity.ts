/** The identity of a lab that is there, read from its own clone: who decides in it, and whose keys its devices have. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { Lab } from '../sites/lab.ts';
import { FleetSource } from './fleet-source.ts';
import type { LabDevice, LabIdentity } from './lab-identity.ts';

/** @throws TowlineError LAB_STEP where its main has no fleet */
export async function cloneIdentity(lab: Lab, signal: AbortSignal): Promise<LabIdentity> {
  await using source = new FleetSource(lab.places.fleet);
  const { files, commit } = await source.at('HEAD', signal);
  const { fleet } = await loadFleet(files, commit, { checks: false });
  if (fleet === undefined) throw new TowlineError('LAB_STEP', `${lab.places.fleet} has no fleet.yaml`);
  const devices = [...fleet.devices].flatMap(([id, { value }]): [string, LabDevice][] => {
    const { keys, hostKeys } = value;
    return keys === undefined ? [] : [[id, { keys, ...(hostKeys === undefined ? {} : { hostKeys }) }]];
  });
  const key = readFileSync(`${lab.desk.key}.pub`, 'utf8').trim();
  return {
    ...{ fleet: fleet.name, gateways: fleet.file.value.gateways, devices: new Map(devices) },
    ...{ rootKey: key, operator: { name: lab.desk.name, sshKey: key } },
    ...{ registry: lab.plan.registry.host, date: new Date(), random: bytes => randomBytes(bytes) },
  };
}
