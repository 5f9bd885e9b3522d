/** Whose each key of a fleet is. */
import type { FleetViewContent, ViewDevice, ViewOperator } from './fleet-view.ts';
import { deviceKeysOf, type HolderKeys, operatorKeysOf } from './holder-keys.ts';

export type Holder = ViewDevice | ViewOperator;

/**
 * A key that two have is nobody's, unless the history says whose it was first, or one of them is revoked: then it is
 * that one's, and refused.
 */
export class OwnedKeys {
  readonly byTlsKey = new Map<string, ViewDevice>();
  readonly bySshKey = new Map<string, ViewDevice>();
  readonly operatorByKey = new Map<string, ViewOperator>();

  constructor(content: Pick<FleetViewContent, 'devices' | 'operators' | 'owners' | 'keys'>) {
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
}: Pick<FleetViewContent, 'devices' | 'operators' | 'keys'>): ReadonlyMap<string, readonly Holder[]> {
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
