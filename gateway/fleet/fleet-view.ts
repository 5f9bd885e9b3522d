/**
 * Who is who at one trusted commit. Immutable: a new commit makes a new view, and every request is judged by the
 * view that is current then.
 */
import type { AccessOperator, DeviceAccess } from '../../core/access/device-access.ts';
import {
  gatewayKeysOf,
  keyBlobs,
  sshKeyBlob,
  sshKeyName,
  tlsKeyName,
} from '../../core/access/holder-keys.ts';
import { type KeyHolders, OwnedKeys } from '../../core/access/owned-keys.ts';
import { selects } from '../../core/access/reach.ts';
import { type AccessSettings, noAccess } from '../../core/access/settings.ts';
import type { SeenTunnel } from '../../core/access/tunnel-end.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { AcceptedStep } from '../../core/trust/walk.ts';
import type { DeviceFile, FleetFile, OperatorFile } from '../../schemas/types.generated.ts';
import { ViewAccess } from './view-access.ts';

export { sshKeyBlob } from '../../core/access/holder-keys.ts';

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

export interface FleetViewContent extends KeyHolders<ViewDevice, ViewOperator> {
  readonly commit: ObjectId;
  readonly fleet: FleetFile | undefined;
  /** Tunnel as the fleet at this commit has it, and since when it is open where it is. */
  readonly desiredTunnel: (device: ViewDevice) => SeenTunnel | undefined;
  /** What stands behind it. Absent: nothing but its targets. */
  readonly accessOf?: (device: ViewDevice) => AccessSettings;
  /** What its releases pin. Absent: nothing. */
  readonly imagesOf?: (device: ViewDevice) => readonly PinnedImage[];
  /** Apps that run on it. Absent: none. */
  readonly appsOf?: (device: ViewDevice) => readonly string[];
  /** The repository at this commit, as it was read. */
  readonly whole?: Fleet;
  /** What the walk took since the view before, the oldest first; none after a start. */
  readonly steps?: readonly AcceptedStep[];
}

export class FleetView {
  readonly commit: ObjectId;
  /** fleet.yaml; undefined only before the first view is loaded. */
  readonly fleet: FleetFile | undefined;
  readonly devices: ReadonlyMap<string, ViewDevice>;
  readonly operators: ReadonlyMap<string, ViewOperator>;
  readonly whole: Fleet | undefined;
  readonly steps: readonly AcceptedStep[];
  readonly #owned: OwnedKeys<ViewDevice, ViewOperator>;
  readonly #content: Pick<FleetViewContent, 'desiredTunnel' | 'accessOf' | 'imagesOf' | 'appsOf'>;
  readonly #access = new Map<string, DeviceAccess>();
  readonly #images = new Map<string, readonly PinnedImage[]>();
  readonly #people = new Map<string, AccessOperator>();

  constructor(content: FleetViewContent) {
    this.commit = content.commit;
    this.fleet = content.fleet;
    this.devices = new Map(content.devices.map(device => [device.id, device]));
    this.operators = new Map(content.operators.map(operator => [operator.name, operator]));
    this.whole = content.whole;
    this.steps = content.steps ?? [];
    const { fleet } = content;
    this.#owned = new OwnedKeys(
      fleet === undefined ? content : { ...content, ofGateways: gatewayKeysOf(fleet) },
    );
    this.#content = content;
  }

  /** @param spkiBase64 SubjectPublicKeyInfo of the TLS key, DER in base64. A revoked device is returned, too. */
  deviceByTlsKey(spkiBase64: string): ViewDevice | undefined {
    return this.#owned.byTlsKey.get(tlsKeyName(spkiBase64));
  }

  /** The device whose engine has this key, which is for pulls alone. */
  deviceByRegistryKey(spkiBase64: string): ViewDevice | undefined {
    return this.#owned.byRegistryKey.get(tlsKeyName(spkiBase64));
  }

  /** The device that has this key, for whatever it is. */
  deviceByKey(spkiBase64: string): ViewDevice | undefined {
    return this.deviceByTlsKey(spkiBase64) ?? this.deviceByRegistryKey(spkiBase64);
  }

  /** @param key a line of an OpenSSH public key file, or the base64 blob alone. */
  deviceBySshKey(key: string): ViewDevice | undefined {
    return this.#owned.bySshKey.get(sshKeyName(key.includes(' ') ? sshKeyBlob(key) : key));
  }

  device(id: string): ViewDevice | undefined {
    return this.devices.get(id);
  }

  /**
   * @param keyBlobBase64 the key's wire form in base64, as in the second word of a public key line. A form that the file
   * does not have is nobody's, though its numbers be: what a security key signs for another application says nothing here.
   */
  operatorBySshKey(keyBlobBase64: string): ViewOperator | undefined {
    const operator = this.#owned.operatorByKey.get(sshKeyName(keyBlobBase64));
    return operator?.file.sshKeys.some(line => sshKeyBlob(line) === keyBlobBase64) ? operator : undefined;
  }

  desiredTunnel(id: string): SeenTunnel | undefined {
    const device = this.devices.get(id);
    return device === undefined ? undefined : this.#content.desiredTunnel(device);
  }

  /** Of the signers whose certificates count in this fleet: wire form, base64. */
  get certificateKeys(): readonly string[] {
    return keyBlobs(this.fleet?.gateways ?? []).certificateKeys;
  }

  /** All that decides who may do what on a device; undefined where there is none, or its tunnel is closed. */
  access(id: string): DeviceAccess | undefined {
    const known = this.#access.get(id);
    if (known !== undefined) return known;
    const device = this.devices.get(id);
    const tunnel = this.desiredTunnel(id);
    if (device === undefined || tunnel?.state !== 'open') return undefined;
    const access = new ViewAccess(
      {
        fleet: this.fleet?.name ?? '',
        commit: this.commit,
        device,
        tunnel,
        access: this.#content.accessOf?.(device) ?? noAccess,
        ...keyBlobs(this.fleet?.gateways ?? []),
      },
      () => this.#whoReach(device),
    );
    this.#access.set(id, access);
    return access;
  }

  /** A device's own port at the gateway, whether its tunnel is open or not. */
  portOf(device: ViewDevice): number | undefined {
    return this.#content.accessOf?.(device).port;
  }

  /** The images that a device's releases pin at this commit. */
  images(id: string): readonly PinnedImage[] {
    const known = this.#images.get(id);
    if (known !== undefined) return known;
    const device = this.devices.get(id);
    const images = device === undefined ? [] : (this.#content.imagesOf?.(device) ?? []);
    this.#images.set(id, images);
    return images;
  }

  /** Devices that run an app, or are to, in the order of their ids. */
  assignedTo(app: string): readonly ViewDevice[] {
    const all = [...this.devices.values()].filter(({ file }) => file.revoked !== true);
    return all.filter(device => this.#content.appsOf?.(device).includes(app) === true);
  }

  #whoReach(device: ViewDevice): AccessOperator[] {
    return [...this.operators.values()]
      .filter(({ file }) => (file.tunnels ?? []).some(selector => selects(selector, device)))
      .map(operator => this.person(operator));
  }

  /** A person with those of their keys that are theirs alone. */
  person(operator: ViewOperator): AccessOperator {
    const known = this.#people.get(operator.name);
    if (known !== undefined) return known;
    const { name, file } = operator;
    const person = { name, file, keys: this.#owned.wiresOf(operator) };
    this.#people.set(name, person);
    return person;
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
