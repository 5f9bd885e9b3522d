/** Whether a commit of a telemetry branch is one that its device has signed. */
import { isTowlineError, TowlineError } from '../errors.ts';
import { assertHeadersOfWalk, parseCommit } from '../trust/git/commit-object.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { firstWalk } from '../trust/policy/walk-version.ts';
import { readSshPublicKey } from '../trust/signature/ssh-public-key.ts';
import { checkSshSignature } from '../trust/signature/ssh-signature.ts';
import { KeyRing } from '../trust/signature/trust-key.ts';

export interface SignedObject {
  readonly id: ObjectId;
  /** Of a commit, raw; whoever calls has hashed it. */
  readonly bytes: Uint8Array;
}

export class DeviceSignature {
  readonly #device: string;
  readonly #ring: KeyRing;

  /** @param sshKey as the fleet has it, a line of a public key file @throws TowlineError TELEMETRY_FORGED where it has none */
  constructor(device: string, sshKey: string | undefined) {
    if (sshKey === undefined)
      throw new TowlineError('TELEMETRY_FORGED', `${device} has no keys in the fleet`);
    this.#device = device;
    this.#ring = new KeyRing([{ principal: device, key: readSshPublicKey(sshKey) }]);
  }

  /** @returns what it stands on; undefined: it is the first. @throws TowlineError TELEMETRY_FORGED */
  parentOf({ id, bytes }: SignedObject): ObjectId | undefined {
    const forged = (why: string) =>
      new TowlineError('TELEMETRY_FORGED', `${id} of ${this.#device}: ${why}`, { details: { commit: id } });
    try {
      const commit = parseCommit(bytes, id);
      // No agent writes any.
      assertHeadersOfWalk(commit, firstWalk);
      const [parent, other] = commit.parents;
      if (other !== undefined) throw forged('a merge, which no device makes');
      if (commit.signature === undefined) throw forged('not signed');
      const { armored, payload } = commit.signature;
      const evidence = checkSshSignature(armored, payload, this.#ring, 'git');
      if (!evidence.sound) throw forged(evidence.message);
      return parent;
    } catch (error) {
      if (!isTowlineError(error) || error.code === 'TELEMETRY_FORGED') throw error;
      throw forged(error.message);
    }
  }
}
