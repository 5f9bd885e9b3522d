/** The stores that a device's apps copy their backups to, with the sealed file that opens each. */
import { type DeviceStore, storesOf } from '../fleet/backup-stores.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import type { Reading } from '../fleet/load-device.ts';
import type { MergedDevice } from '../fleet/merge.ts';
import { appPath } from '../fleet/paths.ts';
import { isBackupSecretOf } from '../fleet/secret-owner.ts';
import { suggestion } from '../nearest.ts';
import { isUnreadable, readSecretFile } from './secrets.ts';
import type { DesiredProject, DesiredStore } from './state.ts';

/** Where the store is given: the narrowest file that names it. */
function giverOf(layers: DeviceLayers, name: string) {
  const files = [layers.device, ...[...layers.groups].reverse(), layers.fleet];
  const giver = files.find(({ value }) => value.backupStores?.[name] !== undefined) ?? layers.device;
  return giver.locate(`/backupStores/${name}/secret`);
}

async function withSecret(
  store: DeviceStore,
  layers: DeviceLayers,
  { reader, commit, problems }: Reading,
): Promise<DesiredStore | undefined> {
  const { secret: path, name } = store;
  const position = giverOf(layers, name);
  if (!isBackupSecretOf(path, layers.id)) {
    const message = `${path} is no file of ${layers.id}: it must be secrets/backups/${layers.id}.yaml, or below secrets/backups/${layers.id}/`;
    problems.push({ code: 'BACKUP_STORE_SECRET', message, position });
    return undefined;
  }
  const file = await readSecretFile(reader, commit, { path, position }, problems);
  if (file === undefined || isUnreadable(file, path, problems)) return undefined;
  return { ...store, sealed: { ...file, path } };
}

/** Those that `backup.to` of one of the projects names. */
export async function desiredStores(
  layers: DeviceLayers,
  { backupStores }: MergedDevice,
  projects: readonly DesiredProject[],
  reading: Reading,
): Promise<readonly DesiredStore[]> {
  const known = new Map(storesOf(backupStores, layers.id).map(store => [store.name, store]));
  const used = new Set<string>();
  for (const { app, release, backup } of projects) {
    const name = backup?.store;
    if (name === undefined) continue;
    if (known.has(name)) used.add(name);
    else {
      const message = `no file gives ${layers.id} a store "${name}"${suggestion(name, known.keys())}`;
      reading.problems.push({
        code: 'BACKUP_STORE_UNKNOWN',
        message,
        position: { file: appPath(app, release) },
      });
    }
  }
  const found: DesiredStore[] = [];
  for (const name of [...used].sort()) {
    const store = known.get(name);
    const whole = store === undefined ? undefined : await withSecret(store, layers, reading);
    if (whole !== undefined) found.push(whole);
  }
  return found;
}
