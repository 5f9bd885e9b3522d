/** Where a device's backups are copied to, as the files of its fleet say it. */
import type { BackupStore, BackupStores } from '../../schemas/types.generated.ts';
import type { Problem } from '../errors.ts';
import { type Fleet, layersOf } from './fleet.ts';
import { mergeDevice } from './merge.ts';
import { parseSize } from './size.ts';

export interface StoreFolder {
  readonly folder: string;
  /** It may lie on the device's first disk; else a disk that is not mounted is waited for. */
  readonly onFirstDisk: boolean;
}

export interface StoreServer {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Of the repository. */
  readonly path: string;
  /** Lines of OpenSSH public key files. */
  readonly hostKeys: readonly string[];
}

/** A store as one device has it. */
export interface DeviceStore {
  readonly name: string;
  readonly place: StoreFolder | StoreServer;
  /** SOPS file, from the root of the repository. */
  readonly secret: string;
  /** Bytes in a second. Absent: as many as there are. */
  readonly maxRateBytes?: number;
}

function placeOf(store: BackupStore, own: (text: string) => string): DeviceStore['place'] {
  if ('folder' in store) return { folder: own(store.folder), onFirstDisk: store.onFirstDisk ?? false };
  const { address, user, path, hostKeys } = store.sftp;
  const colon = address.lastIndexOf(':');
  return {
    host: address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(address.slice(colon + 1)),
    user: own(user),
    path: own(path),
    hostKeys,
  };
}

/** With the device's id where `{device}` stands, sorted by name. */
export function storesOf(stores: BackupStores, device: string): DeviceStore[] {
  const own = (text: string) => text.replaceAll('{device}', device);
  return Object.keys(stores)
    .sort()
    .flatMap(name => {
      const store = stores[name];
      if (store === undefined) return [];
      const rate = store.maxRate === undefined ? {} : { maxRateBytes: parseSize(store.maxRate) };
      return [{ name, place: placeOf(store, own), secret: own(store.secret), ...rate }];
    });
}

/** Two devices that would write one repository: one of them could read, and prune, what is the other's. */
export function sharedStoreProblems(fleet: Fleet): Problem[] {
  const files = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  if (files.every(({ value }) => value.backupStores === undefined)) return [];
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [id, device] of fleet.devices) {
    const layers = layersOf(fleet, id);
    if (layers === undefined || device.value.revoked === true) continue;
    const { backupStores, provenance } = mergeDevice(layers);
    for (const { name, place } of storesOf(backupStores, id)) {
      if ('folder' in place) continue;
      const repository = `${place.user}@${place.host}:${place.port}${place.path.replace(/\/+$/, '')}`;
      const owner = owners.get(repository) ?? id;
      owners.set(repository, owner);
      if (owner === id) continue;
      const giver = files.find(({ path }) => path === provenance.get(`/backupStores/${name}`)) ?? device;
      const message = `${repository} is the repository of ${owner} and of ${id}: write {device} into its path`;
      problems.push({
        code: 'BACKUP_STORE_SHARED',
        message,
        position: giver.locate(`/backupStores/${name}`, 'key'),
      });
    }
  }
  // A fleet-wide slip is said once, not for each device.
  return problems.slice(0, 10);
}
