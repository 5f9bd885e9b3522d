/** What stands in the verified repository of gateway and devices, for a client's configuration. */

import { FleetProblems } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { DeviceFile } from '../../schemas/types.generated.ts';
import type { TrustWalk } from '../trust/walk.ts';
import type { ClientDevice } from './client-files.ts';

export const clientDevice = (id: string, { keys, hostKeys }: DeviceFile): ClientDevice => ({
  id,
  key: keys?.ssh,
  hostKeys: hostKeys ?? [],
});

/** Of all devices that have keys and are not revoked. @throws FleetProblems */
export async function clientDevices({ trusted, reader }: TrustWalk) {
  const { fleet, problems } = await loadFleet(reader(), trusted.commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  const devices = [...fleet.devices].flatMap(([id, { value }]) =>
    value.keys?.ssh === undefined || value.revoked === true ? [] : [clientDevice(id, value)],
  );
  return { fleet: fleet.name, gateways: fleet.file.value.gateways, devices };
}
