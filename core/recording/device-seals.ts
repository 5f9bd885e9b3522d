/** What a device has signed of its recordings, checked against the keys that the fleet has named for it. */
import { TowlineError } from '../errors.ts';
import { readSshPublicKey } from '../trust/signature/ssh-public-key.ts';
import { checkSshSignature } from '../trust/signature/ssh-signature.ts';
import { KeyRing } from '../trust/signature/trust-key.ts';

export const recordingNamespace = 'towline-recording';

export class DeviceSeals {
  readonly #ring: KeyRing;
  readonly #device: string;

  /** @param sshKeys lines of public key files: the device's own, and those that it had before */
  constructor(device: string, sshKeys: readonly string[]) {
    this.#device = device;
    this.#ring = new KeyRing(sshKeys.map(line => ({ principal: device, key: readSshPublicKey(line) })));
  }

  /** @param what it is, for the message @throws TowlineError SESSION_RECORDING_FOREIGN, SESSION_RECORDING_FORGED */
  check(what: string, statement: string, signature: string): void {
    const evidence = checkSshSignature(signature, Buffer.from(statement), this.#ring, recordingNamespace);
    if (evidence.sound) return;
    const code =
      evidence.code === 'TRUST_UNKNOWN_KEY' ? 'SESSION_RECORDING_FOREIGN' : 'SESSION_RECORDING_FORGED';
    const whose = evidence.code === 'TRUST_UNKNOWN_KEY' ? `no key of ${this.#device} has signed it: ` : '';
    throw new TowlineError(code, `${what}: ${whose}${evidence.message}`);
  }
}
