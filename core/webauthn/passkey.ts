/** A passkey as the repository names it: an OpenSSH security key of P-256 whose application is the RP id. */
import { createPublicKey } from 'node:crypto';
import { curveIds, numbersOf } from '../trust/signature/key-material.ts';
import { sshKeyNumbers } from '../trust/signature/ssh-key-numbers.ts';
import { readSshPublicKey } from '../trust/signature/ssh-public-key.ts';
import { sshString } from '../trust/signature/ssh-wire.ts';
import type { TrustKey } from '../trust/signature/trust-key.ts';

export interface Passkey {
  /** Of kind `passkey`; its application is the RP id. */
  readonly key: TrustKey;
  /** The host, or a domain above it, whose pages may ask for it: `portal.acme.com`. */
  readonly rpId: string;
  /** By which a page asks for it: base64url, no padding. */
  readonly credentialId: string;
}

/** What a browser has of a new passkey. */
export interface RegisteredKey {
  /** `response.getPublicKey()`: SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly credentialId: Uint8Array;
  readonly rpId: string;
}

const type = 'sk-ecdsa-sha2-nistp256@openssh.com';
const maxLineCharacters = 2048;
/** WebAuthn level 3, section 4, "credential ID", bytes. */
const minCredentialBytes = 16;
const maxCredentialBytes = 1023;
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const rpIdPattern = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);

/**
 * Reads `sk-ecdsa-sha2-nistp256@openssh.com <key> <credential id>`, in its one spelling.
 * @throws Error that says what is there.
 */
export function readPasskey(line: string): Passkey {
  if (line.length > maxLineCharacters) throw new Error(`a passkey of ${line.length} characters`);
  const [kind, base64 = '', credentialId = '', ...rest] = line.split(' ');
  if (kind !== type || credentialId === '' || rest.length > 0)
    throw new Error(`a passkey that is not in the form "${type} <key> <credential id>"`);
  const credential = Buffer.from(credentialId, 'base64url');
  if (credential.toString('base64url') !== credentialId)
    throw new Error('a credential id that is no base64url');
  assertCredential(credential);
  const bare = `${kind} ${base64}`;
  sshKeyNumbers(bare);
  const key = readSshPublicKey(bare);
  const rpId = key.application ?? '';
  assertRpId(rpId);
  return { key: { ...key, kind: 'passkey' }, rpId, credentialId };
}

/**
 * The line for the repository.
 * @throws Error for any key but one of P-256.
 */
export function passkeyLine({ publicKey, credentialId, rpId }: RegisteredKey): string {
  const numbers = numbersOf(createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }));
  if (numbers.kind !== 'ec' || numbers.curve !== curveIds['P-256'])
    throw new Error('a passkey that is not of P-256 (ES256)');
  assertRpId(rpId);
  assertCredential(credentialId);
  const point = Buffer.concat([Buffer.of(4), numbers.x, numbers.y]);
  const wire = Buffer.concat([type, 'nistp256', point, rpId].map(sshString));
  return `${type} ${wire.toString('base64')} ${Buffer.from(credentialId).toString('base64url')}`;
}

/** Whether pages of an origin may ask for passkeys of an RP id (HTML, "registrable domain suffix"). */
export function isWithin(origin: string, rpId: string): boolean {
  const host = /^https?:\/\/([^/:]+)(?::\d+)?$/.exec(origin)?.[1] ?? '';
  return host === rpId || host.endsWith(`.${rpId}`);
}

function assertRpId(rpId: string): void {
  if (!rpIdPattern.test(rpId)) throw new Error('a passkey whose application is no host name');
}

function assertCredential({ length }: Uint8Array): void {
  if (length < minCredentialBytes || length > maxCredentialBytes)
    throw new Error(`a credential id of ${length} bytes`);
}
