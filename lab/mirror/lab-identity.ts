/** What a lab has of its own, in place of production's: names, addresses, public keys. */
import type { DeviceFile, Gateway } from '../../schemas/types.generated.ts';
import type { RandomBytes } from './stand-in-secret.ts';

export type LabDeviceKeys = Pick<NonNullable<DeviceFile['keys']>, 'tls' | 'ssh' | 'openpgp'>;

export interface LabDevice {
  readonly keys: LabDeviceKeys;
  /** Of its own sshd. */
  readonly hostKeys?: readonly string[];
}

export interface LabIdentity {
  /** Name of the lab's fleet: another than production's. */
  readonly fleet: string;
  readonly gateways: readonly Gateway[];
  /** As references of images begin. */
  readonly registry: string;
  /** SSH public key of the lab's root, who signs everything. */
  readonly rootKey: string;
  /** The lab's person: their name, and their SSH public key at the gateways and on devices. */
  readonly operator: { readonly name: string; readonly sshKey: string };
  /** Device → the public halves of the keys that were made here. */
  readonly devices: ReadonlyMap<string, LabDevice>;
  readonly date: Date;
  readonly random: RandomBytes;
}
