/** Whose each key of a fleet is: for the gateway among all of it, for a device among the people and itself. */
import type { DeviceFile, OperatorFile } from '../../schemas/types.generated.ts';
import { deviceKeysOf, type HolderKeys, operatorKeysOf, sshKeyBlob, sshKeyName } from './holder-keys.ts';

export interface KeyedDevice {
  readonly id: string;
  readonly file: DeviceFile;
}

export interface KeyedOperator {
  readonly name: string;
  readonly file: OperatorFile;
}

export type Holder = KeyedDevice | KeyedOperator;

export interface KeyHolders<
  Device extends KeyedDevice = KeyedDevice,
  Operator extends KeyedOperator = KeyedOperator,
> {
  readonly devices: readonly Device[];
  readonly operators: readonly Operator[];
  /** Keys of files by what these say, kept from view to view: they are dear to read. */
  readonly keys?: WeakMap<object, HolderKeys>;
  /** Name of a key that several have → whose it is, where the history of the fleet says so. */
  readonly owners?: ReadonlyMap<string, Holder>;
  /** Names of keys of gateways: nobody else's, whatever a file says. */
  readonly ofGateways?: ReadonlySet<string>;
}

/**
 * A key that two have is nobody's, unless the history says whose it was first, or one of them is revoked: then it is
 * that one's, and refused.
 */
export class OwnedKeys<Device extends KeyedDevice, Operator extends KeyedOperator> {
  readonly byTlsKey = new Map<string, Device>();
  /** The keys of engines, which pull and do nothing else. */
  readonly byRegistryKey = new Map<string, Device>();
  readonly bySshKey = new Map<string, Device>();
  readonly operatorByKey = new Map<string, Operator>();

  constructor(content: KeyHolders<Device, Operator>) {
    const { devices, operators, owners, ofGateways, keys = new WeakMap() } = content;
    const contested = contestedKeys(content);
    const isOf = (key: string, holder: Holder): boolean => {
      if (ofGateways?.has(key)) return false;
      const holders = contested.get(key);
      if (holders === undefined) return true;
      const owner = owners?.get(key);
      return owner === undefined ? holder === revokedOf(holders) : owner === holder;
    };
    for (const device of devices) {
      const { tls, registry, ssh } = keysOf(device, keys);
      if (tls !== undefined && isOf(tls, device)) this.byTlsKey.set(tls, device);
      if (registry !== undefined && isOf(registry, device)) this.byRegistryKey.set(registry, device);
      for (const key of ssh) if (isOf(key, device)) this.bySshKey.set(key, device);
    }
    for (const operator of operators) {
      for (const key of keysOf(operator, keys).ssh) {
        if (isOf(key, operator)) this.operatorByKey.set(key, operator);
      }
    }
  }

  /**
   * Those of a person's keys that are theirs alone, in wire form, base64. One material may have several forms there, a
   * security key's and another: each that the file names, and no other.
   */
  wiresOf(operator: Operator): readonly string[] {
    const blobs = operator.file.sshKeys.map(sshKeyBlob);
    return blobs.filter(blob => this.operatorByKey.get(sshKeyName(blob)) === operator);
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

export interface OwnerQuestion {
  readonly holders: KeyHolders;
  /** Path of a holder's file at the commit that is asked about; undefined where it has none there any more. */
  readonly pathOf: (holder: Holder) => string | undefined;
  /** Which of several files had a key first. */
  readonly firstOf: (contest: {
    readonly paths: readonly string[];
    readonly claim: string;
  }) => Promise<string | undefined>;
  /** None came to a file without the vouchers of who had it (walk 2): there a revoked file takes it with it. */
  readonly isGuarded: boolean;
}

/** Whose the keys are that several have, as far as the history of the fleet says. */
export async function keyOwners(question: OwnerQuestion): Promise<Map<string, Holder>> {
  const { holders, pathOf, firstOf, isGuarded } = question;
  const owners = new Map<string, Holder>();
  for (const [claim, contenders] of contestedKeys(holders)) {
    if (isGuarded && revokedOf(contenders) !== undefined) continue;
    const paths = new Map(contenders.map(holder => [pathOf(holder), holder]));
    const known = [...paths.keys()].filter(path => path !== undefined);
    const first = await firstOf({ paths: known, claim });
    const owner = first === undefined ? undefined : paths.get(first);
    if (owner !== undefined) owners.set(claim, owner);
  }
  return owners;
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
