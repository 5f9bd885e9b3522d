/** Logins of registries, as a device is to have them. */
import type { DeviceLayers } from '../fleet/fleet.ts';
import type { Reading } from '../fleet/load-device.ts';
import type { MergedDevice } from '../fleet/merge.ts';
import { isRegistriesFile } from '../fleet/secret-owner.ts';
import { isUnreadable, readSecretFile } from './secrets.ts';
import type { DesiredState } from './state.ts';

/** The SOPS file with logins of registries, unopened. */
export async function registryCredentials(
  layers: DeviceLayers,
  { registryCredentials: path }: MergedDevice,
  { reader, commit, problems }: Reading,
): Promise<DesiredState['registryCredentials']> {
  if (path === undefined) return undefined;
  const files = [layers.device, ...[...layers.groups].reverse(), layers.fleet];
  const giver = files.find(({ value }) => value.registryCredentials === path) ?? layers.device;
  const named = { path, position: giver.locate('/registryCredentials') };
  if (!isRegistriesFile(path)) {
    const message = `${path} is no file of registries: it must be secrets/registries.yaml, or below secrets/registries/`;
    problems.push({ code: 'SECRET_OF_ANOTHER_APP', message, position: named.position });
    return undefined;
  }
  const file = await readSecretFile(reader, commit, named, problems);
  if (file === undefined || isUnreadable(file, path, problems)) return undefined;
  return { ...file, path };
}
