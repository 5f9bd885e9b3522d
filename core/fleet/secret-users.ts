/** Which devices use which file below secrets/. */
import { type Fleet, layersOf } from './fleet.ts';
import { mergeDevice } from './merge.ts';

/** SOPS file → ids of the devices that use it, sorted; revoked ones use nothing. */
export function secretUsers(fleet: Fleet): Map<string, string[]> {
  const users = new Map<string, Set<string>>();
  for (const [id, device] of fleet.devices) {
    const layers = layersOf(fleet, id);
    if (layers === undefined || device.value.revoked === true) continue;
    const { apps, registryCredentials } = mergeDevice(layers);
    const paths = apps.flatMap(({ app, secrets }) => [
      ...(fleet.apps.get(app)?.file?.value.secrets ?? []),
      ...secrets,
    ]);
    if (registryCredentials !== undefined) paths.push(registryCredentials);
    for (const path of paths) {
      const known = users.get(path) ?? new Set();
      users.set(path, known.add(id));
    }
  }
  return new Map([...users].map(([path, ids]) => [path, [...ids].sort()]));
}
