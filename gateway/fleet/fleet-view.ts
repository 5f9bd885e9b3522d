/**
 * Who is who at one trusted commit. Immutable: a new commit makes a new view, and every request is judged by the
 * view that is current then.
 */
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { FleetFile } from '../../schemas/types.generated.ts';
import { sshKeyBlob, sshKeyName, tlsKeyName } from './holder-keys.ts';
import { type KeyHolders, OwnedKeys, type ViewDevice, type ViewOperator } from './owned-keys.ts';

export { sshKeyBlob } from './holder-keys.ts';
export type { ViewDevice, ViewOperator } from './owned-keys.ts';

export interface FleetViewContent extends KeyHolders {
  readonly commit: ObjectId;
  readonly fleet: FleetFile | undefined;
  /** Tunnel as the fleet at this commit has it; `untilMs` is always there when it is open. */
  readonly desiredTunnel: (device: ViewDevice) => DesiredTunnel | undefined;
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
    const owned = new OwnedKeys(content);
    this.#byTlsKey = owned.byTlsKey;
    this.#bySshKey = owned.bySshKey;
    this.#operatorByKey = owned.operatorByKey;
    this.#desiredTunnel = content.desiredTunnel;
  }

  /** @param spkiBase64 SubjectPublicKeyInfo of the TLS key, DER in base64. A revoked device is returned, too. */
  deviceByTlsKey(spkiBase64: string): ViewDevice | undefined {
    return this.#byTlsKey.get(tlsKeyName(spkiBase64));
  }

  /** @param key a line of an OpenSSH public key file, or the base64 blob alone. */
  deviceBySshKey(key: string): ViewDevice | undefined {
    return this.#bySshKey.get(sshKeyName(key.includes(' ') ? sshKeyBlob(key) : key));
  }

  device(id: string): ViewDevice | undefined {
    return this.devices.get(id);
  }

  /** @param keyBlobBase64 the key's wire form in base64, as in the second word of a public key line. */
  operatorBySshKey(keyBlobBase64: string): ViewOperator | undefined {
    return this.#operatorByKey.get(sshKeyName(keyBlobBase64));
  }

  desiredTunnel(id: string): DesiredTunnel | undefined {
    const device = this.devices.get(id);
    return device === undefined ? undefined : this.#desiredTunnel(device);
  }
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
