/**
 * An assertion as an SSH signature has it, and with it a commit's `gpgsig`: the kind `webauthn-sk-ecdsa-sha2-nistp256@openssh.com`
 * (PROTOCOL.u2f of OpenSSH). Stock git takes it; what OpenSSH does not look at is judged by `assertionProblem`.
 */
import { createHash } from 'node:crypto';
import { ByteCursor } from '../trust/git/byte-cursor.ts';
import { sshSignedMessage, writeSshBlob } from '../trust/signature/ssh-blob.ts';
import { sshString, sshUint32 } from '../trust/signature/ssh-wire.ts';
import type { TrustKey } from '../trust/signature/trust-key.ts';
import { type Assertion, assertionProblem, type PasskeyRules } from './assertion.ts';
import { maxClientDataBytes, readClientData } from './client-data.ts';
import { readSignatureNumber, writeSignatureNumber } from './signature-number.ts';

export const webauthnKind = 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com';

/** Longer ones are refused unread, bytes: the client data, the origin once more, and 200 for the rest. */
const maxSignatureBytes = 2 * maxClientDataBytes + 200;

const commitFrame = { namespace: 'git', reserved: Buffer.alloc(0), hash: 'sha512' };

/** What a page passes as `challenge` to have a commit signed: some 95 bytes. @param payload the commit without its signature */
export function signingChallenge(payload: Uint8Array): Buffer {
  return sshSignedMessage(commitFrame, payload);
}

/**
 * The armored signature for a commit's `gpgsig`, without a final newline, once it is seen that devices would take it.
 * @param rules as the policy has them
 * @throws Error that says what is wrong with the assertion
 */
export function commitSignatureOf(
  payload: Uint8Array,
  assertion: Assertion,
  key: TrustKey,
  rules: PasskeyRules,
): string {
  const problem = assertionProblem(assertion, key, { ...rules, challenge: signingChallenge(payload) });
  if (problem !== undefined) throw new Error(problem);
  const signature = writeSshAssertion(assertion);
  return writeSshBlob({ ...commitFrame, wire: Buffer.from(key.lookup, 'base64'), signature });
}

/** Algorithm, numbers, flags, counter, origin, client data, no extensions. */
export function writeSshAssertion({ r, s, flags, counter, clientData }: Assertion): Buffer {
  const numbers = Buffer.concat([r, s].map(number => sshString(writeSignatureNumber(number))));
  return Buffer.concat([
    sshString(webauthnKind),
    sshString(numbers),
    Buffer.of(flags),
    sshUint32(counter),
    sshString(readClientData(clientData).origin),
    sshString(clientData),
    sshString(''),
  ]);
}

/** Whether a signature as it stands on the wire is of a passkey, whatever else it says. */
export function isOfWebauthn(signature: Uint8Array): boolean {
  const head = sshString(webauthnKind);
  return Buffer.from(signature).subarray(0, head.length).equals(head);
}

/**
 * Takes a signature of that kind apart, in its one spelling; nothing is judged. The RP id is not in it: it is the key's.
 * @throws Error that says what is there.
 */
export function readSshAssertion(signature: Uint8Array, rpId: string): Assertion {
  if (signature.length > maxSignatureBytes) throw new Error(`a signature of ${signature.length} bytes`);
  const cursor = new ByteCursor(signature);
  if (cursor.sshText() !== webauthnKind) throw new Error('a signature of another kind');
  const numbers = new ByteCursor(cursor.sshString());
  const flags = cursor.byte();
  const counter = cursor.uint32();
  const origin = cursor.sshString();
  const clientData = cursor.sshString();
  const extensions = cursor.sshString();
  cursor.end();
  const r = readSignatureNumber(numbers.sshString());
  const s = readSignatureNumber(numbers.sshString());
  numbers.end();
  if (extensions.length > 0) throw new Error('extensions');
  if (!origin.equals(Buffer.from(readClientData(clientData).origin)))
    throw new Error('another origin beside its client data');
  const rpIdHash = createHash('sha256').update(rpId).digest();
  return { rpIdHash, flags, counter, clientData, r, s };
}
