/** Which devices use which file below secrets/. What is named for an app that it is not for is not used. */
import type { AppAssignment, BackupStores } from '../../schemas/types.generated.ts';
import { storesOf } from './backup-stores.ts';
import { type Fleet, layersOf } from './fleet.ts';
import { mergeDevice } from './merge.ts';
import { isBackupSecretOf, isRegistriesFile, isSecretOf } from './secret-owner.ts';

/** A file that is to be named by another path. */
export interface MovedSecret {
  readonly from: string;
  readonly to: string;
}

/**
 * @param moved who names `from` is taken to name `to`
 * @returns SOPS file → ids of the devices that use it, sorted; revoked ones use nothing
 */
export function secretUsers(fleet: Fleet, moved?: MovedSecret): Map<string, string[]> {
  const users = new Map<string, Set<string>>();
  const present = (path: string) => (path === moved?.from ? moved.to : path);
  for (const [id, device] of fleet.devices) {
    const layers = layersOf(fleet, id);
    if (layers === undefined || device.value.revoked === true) continue;
    const { apps, registryCredentials, backupStores } = mergeDevice(layers);
    const paths = apps.flatMap(({ app, secrets }) =>
      [...(fleet.apps.get(app)?.file?.value.secrets ?? []), ...secrets]
        .map(present)
        .filter(path => isSecretOf(path, app)),
    );
    const logins = registryCredentials === undefined ? undefined : present(registryCredentials);
    if (logins !== undefined && isRegistriesFile(logins)) paths.push(logins);
    const stores = storesOf(backupStores, id).map(({ secret }) => present(secret));
    paths.push(...stores.filter(path => isBackupSecretOf(path, id)));
    for (const path of paths) {
      const known = users.get(path) ?? new Set();
      users.set(path, known.add(id));
    }
  }
  return new Map([...users].map(([path, ids]) => [path, [...ids].sort()]));
}

interface Naming {
  readonly path: string;
  readonly value: {
    readonly apps?: Readonly<Record<string, AppAssignment>>;
    readonly registryCredentials?: string;
    readonly backupStores?: BackupStores;
  };
}

/** Files of the fleet that name a file below secrets/, sorted. */
export function filesNaming(fleet: Fleet, path: string): string[] {
  const apps = [...fleet.apps.values()].flatMap(({ file }) =>
    file?.value.secrets?.includes(path) === true ? [file.path] : [],
  );
  const assigning: Naming[] = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  const others = assigning.filter(
    ({ value }) =>
      value.registryCredentials === path ||
      Object.values(value.backupStores ?? {}).some(({ secret }) => secret === path) ||
      Object.values(value.apps ?? {}).some(({ secrets }) => secrets?.includes(path) === true),
  );
  return [...apps, ...others.map(file => file.path)].sort();
}
