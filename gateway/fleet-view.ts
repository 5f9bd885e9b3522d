/**
 * Who is who at one trusted commit. Immutable: a new commit makes a new view, and every request is judged by the
 * view that is current then.
 */
import type { DesiredTunnel } from '../core/desired/state.ts';
import type { ObjectId } from '../core/trust/object-source.ts';
import type { DeviceFile, FleetFile, OperatorFile } from '../schemas/types.generated.ts';

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

export interface FleetViewContent {
  readonly commit: ObjectId;
  readonly fleet: FleetFile | undefined;
  readonly devices: readonly ViewDevice[];
  readonly operators: readonly ViewOperator[];
  /** Tunnel as the fleet at this commit has it; `untilMs` is always there when it is open. */
  readonly desiredTunnel: (device: ViewDevice) => DesiredTunnel | undefined;
}

/** `type blob comment` → `blob`. */
export function sshKeyBlob(line: string): string {
  return line.trim().split(/\s+/)[1] ?? '';
}

export class FleetView {
  readonly commit: ObjectId;
  /** fleet.yaml; undefined only before the first view is loaded. */
  readonly fleet: FleetFile | undefined;
  readonly devices: ReadonlyMap<string, ViewDevice>;
  readonly operators: ReadonlyMap<string, ViewOperator>;
  readonly #byTlsKey: ReadonlyMap<string, ViewDevice>;
  readonly #bySshKey: ReadonlyMap<string, ViewDevice>;
  readonly #operatorByKey: ReadonlyMap<string, ViewOperator>;
  readonly #desiredTunnel: FleetViewContent['desiredTunnel'];

  constructor(content: FleetViewContent) {
    this.commit = content.commit;
    this.fleet = content.fleet;
    this.devices = new Map(content.devices.map(device => [device.id, device]));
    this.operators = new Map(content.operators.map(operator => [operator.name, operator]));
    this.#byTlsKey = indexDevices(content.devices, keys => keys.tls);
    this.#bySshKey = indexDevices(content.devices, keys => sshKeyBlob(keys.ssh));
    this.#operatorByKey = indexOperators(content.operators, this.#bySshKey);
    this.#desiredTunnel = content.desiredTunnel;
  }

  /** @param spkiBase64 SubjectPublicKeyInfo of the TLS key, DER in base64. A revoked device is returned, too. */
  deviceByTlsKey(spkiBase64: string): ViewDevice | undefined {
    return this.#byTlsKey.get(spkiBase64);
  }

  /** @param key a line of an OpenSSH public key file, or the base64 blob alone. */
  deviceBySshKey(key: string): ViewDevice | undefined {
    return this.#bySshKey.get(key.includes(' ') ? sshKeyBlob(key) : key);
  }

  device(id: string): ViewDevice | undefined {
    return this.devices.get(id);
  }

  /** @param keyBlobBase64 the key's wire form in base64, as in the second word of a public key line. */
  operatorBySshKey(keyBlobBase64: string): ViewOperator | undefined {
    return this.#operatorByKey.get(keyBlobBase64);
  }

  desiredTunnel(id: string): DesiredTunnel | undefined {
    const device = this.devices.get(id);
    return device === undefined ? undefined : this.#desiredTunnel(device);
  }
}

/** A key that two devices name is nobody's, unless one of them is revoked: then it is that one's, and refused. */
function indexDevices(
  devices: readonly ViewDevice[],
  keyOf: (keys: NonNullable<DeviceFile['keys']>) => string,
): ReadonlyMap<string, ViewDevice> {
  const found = new Map<string, ViewDevice>();
  const shared = new Set<string>();
  for (const device of devices) {
    if (device.file.keys === undefined) continue;
    const key = keyOf(device.file.keys);
    const other = found.get(key);
    if (other === undefined || device.file.revoked === true) found.set(key, device);
    if (other !== undefined) shared.add(key);
  }
  for (const key of shared) {
    if (found.get(key)?.file.revoked !== true) found.delete(key);
  }
  return found;
}

/** An operator's key that another operator or a device also names is nobody's. */
function indexOperators(
  operators: readonly ViewOperator[],
  deviceKeys: ReadonlyMap<string, ViewDevice>,
): ReadonlyMap<string, ViewOperator> {
  const found = new Map<string, ViewOperator>();
  const shared = new Set<string>(deviceKeys.keys());
  for (const operator of operators) {
    for (const key of new Set(operator.file.sshKeys.map(sshKeyBlob))) {
      if (found.has(key)) shared.add(key);
      found.set(key, operator);
    }
  }
  for (const key of shared) found.delete(key);
  return found;
}

/** A view that admits nobody: what a gateway has before its first walk. */
export function emptyFleetView(commit: ObjectId): FleetView {
  return new FleetView({
    commit,
    fleet: undefined,
    devices: [],
    operators: [],
    desiredTunnel: () => undefined,
  });
}
