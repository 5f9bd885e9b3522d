/** Whose each key of a fleet is. */
import type { DeviceFile, OperatorFile } from '../../schemas/types.generated.ts';
import { deviceKeysOf, type HolderKeys, operatorKeysOf } from './holder-keys.ts';

/** A device as the gateway needs to know it. */
export interface ViewDevice {
  readonly id: string;
  readonly file: DeviceFile;
  readonly groups: readonly string[];
  /** Merged: groups, then the device. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ViewOperator {
  readonly name: string;
  readonly file: OperatorFile;
}

export type Holder = ViewDevice | ViewOperator;

export interface KeyHolders {
  readonly devices: readonly ViewDevice[];
  readonly operators: readonly ViewOperator[];
  /** Keys of files by what these say, kept from view to view: they are dear to read. */
  readonly keys?: WeakMap<object, HolderKeys>;
  /** Name of a key that several have → whose it is, where the history of the fleet says so. */
  readonly owners?: ReadonlyMap<string, Holder>;
}

/**
 * A key that two have is nobody's, unless the history says whose it was first, or one of them is revoked: then it is
 * that one's, and refused.
 */
export class OwnedKeys {
  readonly byTlsKey = new Map<string, ViewDevice>();
  readonly bySshKey = new Map<string, ViewDevice>();
  readonly operatorByKey = new Map<string, ViewOperator>();

  constructor(content: KeyHolders) {
    const { devices, operators, owners, keys = new WeakMap() } = content;
    const contested = contestedKeys(content);
    const isOf = (key: string, holder: Holder): boolean => {
      const holders = contested.get(key);
      if (holders === undefined) return true;
      const owner = owners?.get(key);
      return owner === undefined ? holder === revokedOf(holders) : owner === holder;
    };
    for (const device of devices) {
      const { tls, ssh } = keysOf(device, keys);
      if (tls !== undefined && isOf(tls, device)) this.byTlsKey.set(tls, device);
      for (const key of ssh) if (isOf(key, device)) this.bySshKey.set(key, device);
    }
    for (const operator of operators) {
      for (const key of keysOf(operator, keys).ssh) {
        if (isOf(key, operator)) this.operatorByKey.set(key, operator);
      }
    }
  }
}

/** Keys that several have, with these. */
export function contestedKeys({
  devices,
  operators,
  keys = new WeakMap(),
}: KeyHolders): ReadonlyMap<string, readonly Holder[]> {
  const first = new Map<string, Holder>();
  const contested = new Map<string, Holder[]>();
  for (const holder of [...devices, ...operators]) {
    for (const key of new Set(keysOf(holder, keys).all)) {
      const other = first.get(key);
      if (other === undefined) first.set(key, holder);
      else contested.set(key, [...(contested.get(key) ?? [other]), holder]);
    }
  }
  return contested;
}

export function revokedOf(holders: readonly Holder[]): Holder | undefined {
  return holders.find(holder => 'id' in holder && holder.file.revoked === true);
}

function keysOf(holder: Holder, known: WeakMap<object, HolderKeys>): HolderKeys {
  const found = known.get(holder.file);
  if (found !== undefined) return found;
  const keys = 'id' in holder ? deviceKeysOf(holder.file) : operatorKeysOf(holder.file);
  known.set(holder.file, keys);
  return keys;
}
