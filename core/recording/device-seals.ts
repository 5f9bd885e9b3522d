/**
 * What a device has signed of its recordings, checked against the keys that the fleet has named for it, one after the other: whoever
 * signs later has the same key or a newer one. A key that was replaced, because it was stolen or its device was, adds nothing.
 */
import { TowlineError } from '../errors.ts';
import { readSshPublicKey } from '../trust/signature/ssh-public-key.ts';
import { checkSshSignature } from '../trust/signature/ssh-signature.ts';
import { KeyRing } from '../trust/signature/trust-key.ts';

export const recordingNamespace = 'towline-recording';

/** Keys that a device has had. */
export interface DeviceKeys {
  /** Lines of public key files, oldest first; one that came back stands here twice. */
  readonly keys: readonly string[];
  /** Place of the key that a trusted commit names; of one that nobody knows, the newest. */
  placeAt(commit: string): number;
}

export class DeviceSeals {
  readonly #ring: KeyRing;
  readonly #device: string;
  readonly #wires: readonly string[];
  readonly #keys: DeviceKeys;

  constructor(device: string, keys: DeviceKeys) {
    const read = keys.keys.map(readSshPublicKey);
    this.#device = device;
    this.#keys = keys;
    this.#wires = read.map(({ lookup }) => lookup);
    this.#ring = new KeyRing(read.map(key => ({ principal: device, key })));
  }

  /** What a device has signed that trusts this commit is signed by the key at this place, or a later one. */
  placeAt(commit: string): number {
    return this.#keys.placeAt(commit);
  }

  /**
   * @param what it is, for the message
   * @param from place of the oldest key that may have signed it
   * @returns place of the one that has
   * @throws TowlineError SESSION_RECORDING_FOREIGN, SESSION_RECORDING_FORGED
   */
  check(what: string, statement: string, signature: string, from: number): number {
    const evidence = checkSshSignature(signature, Buffer.from(statement), this.#ring, recordingNamespace);
    if (!evidence.sound) {
      const isUnknown = evidence.code === 'TRUST_UNKNOWN_KEY';
      const code = isUnknown ? 'SESSION_RECORDING_FOREIGN' : 'SESSION_RECORDING_FORGED';
      const whose = isUnknown ? `no key of ${this.#device} has signed it: ` : '';
      throw new TowlineError(code, `${what}: ${whose}${evidence.message}`);
    }
    const place = this.#wires.indexOf(evidence.by.key.lookup, from);
    if (place >= 0) return place;
    const message = `${what}: signed by a key that ${this.#device} did not have any more`;
    throw new TowlineError('SESSION_RECORDING_FOREIGN', message);
  }
}
