import ssh2, { type AuthContext, type ParsedKey, type PublicKeyAuthContext } from 'ssh2';
import { ByteCursor } from '../../trust/git/byte-cursor.ts';
import { takeCertifiedKey } from '../../trust/signature/ssh-certificate.ts';
import { readSshPublicKey } from '../../trust/signature/ssh-public-key.ts';
import { fitsSshSignature } from '../../trust/signature/ssh-signature.ts';
import { sshString } from '../../trust/signature/ssh-wire.ts';
import type { TrustKey } from '../../trust/signature/trust-key.ts';

/** Key types that ssh2 can verify. */
const plainTypes: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);

/** Keys in a security token, which ssh2 knows nothing of: this file checks what they sign (PROTOCOL.u2f of OpenSSH). */
const tokenTypes: ReadonlySet<string> = new Set([
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]);

/** Behind the numbers of what a token signs: one byte of flags, four of its counter. */
const flagsAndCounterBytes = 5;
const touchedFlag = 0x01;

/** What somebody shows, and what of it they have proven. */
export interface ShownKey {
  /** Wire form, base64. */
  readonly key: string;
  /** Wire form of a certificate that is for this key. Whether it is worth anything is not asked here. */
  readonly certificate?: Buffer;
}

export type KeyAttempt =
  /** The client asks whether it is worth signing: proves nothing. */
  | (ShownKey & { readonly kind: 'offer' })
  /** The client signed this very session: only this is a login. */
  | (ShownKey & { readonly kind: 'proof' })
  /** It signed, and that does not fit: not this key, not this session, or a token that nobody touched. */
  | { readonly kind: 'unproven' }
  | { readonly kind: 'none' };

/** What is read of an attempt. */
type Attempted =
  | Pick<PublicKeyAuthContext, 'method' | 'key' | 'signature' | 'blob' | 'hashAlgo'>
  | { readonly method: Exclude<AuthContext['method'], 'publickey'> };
type KeyAttempted = Extract<Attempted, { method: 'publickey' }>;

const none: KeyAttempt = { kind: 'none' };
const unproven: KeyAttempt = { kind: 'unproven' };

/**
 * Reads one authentication attempt. The key (its wire form in base64) is bound to the attempt that is signed and
 * to no other: an offer is not a login (CVE-2024-45337), and ssh2 does not verify signatures by itself.
 */
export function readKeyAttempt(context: Attempted): KeyAttempt {
  if (context.method !== 'publickey') return none;
  const { algo, data } = context.key;
  // The type comes from the key's own bytes, not from what the request calls it.
  if (typeOf(data) !== typeNamedBy(algo)) return none;
  if (plainTypes.has(algo)) return plainAttempt(context, algo);
  if (tokenTypes.has(algo)) return tokenAttempt(context, algo);
  return algo.endsWith('-cert-v01@openssh.com') ? certificateAttempt(context) : none;
}

/** A certificate of an RSA key is shown under the name of the hash that it will sign with. */
function typeNamedBy(algo: string): string {
  return algo.replace(/^rsa-sha2-(?:256|512)-cert-/, 'ssh-rsa-cert-');
}

function plainAttempt(context: KeyAttempted, type: string): KeyAttempt {
  const { data } = context.key;
  const parsed = parsePlain(type, data);
  if (parsed === undefined) return none;
  const key = data.toString('base64');
  if (context.signature === undefined || context.blob === undefined) return { kind: 'offer', key };
  // RSA with SHA-1 comes without a hash algorithm.
  if (type === 'ssh-rsa' && context.hashAlgo === undefined) return unproven;
  const fits = parsed.verify(context.blob, context.signature, context.hashAlgo) === true;
  return fits ? { kind: 'proof', key } : unproven;
}

function tokenAttempt({ key: { data }, signature, blob }: KeyAttempted, type: string): KeyAttempt {
  const token = readKey(data);
  if (token === undefined) return none;
  const key = data.toString('base64');
  if (signature === undefined || blob === undefined) return { kind: 'offer', key };
  // ssh2 has taken off the algorithm's name, and the length of the numbers.
  const numbers = signature.subarray(0, -flagsAndCounterBytes);
  const rest = signature.subarray(-flagsAndCounterBytes);
  const whole = Buffer.concat([sshString(type), sshString(numbers), rest]);
  return fitsLogin(whole, blob, token) ? { kind: 'proof', key } : unproven;
}

function certificateAttempt({ key: { data }, signature, blob }: KeyAttempted): KeyAttempt {
  const wire = certifiedKeyOf(data);
  const certified = wire === undefined ? undefined : readKey(wire);
  if (certified === undefined) return none;
  const shown = { key: certified.lookup, certificate: data };
  if (signature === undefined || blob === undefined) return { kind: 'offer', ...shown };
  // The algorithm's name is that of the key: ssh2 has left it where it was.
  return fitsLogin(signature, blob, certified) ? { kind: 'proof', ...shown } : unproven;
}

/** Of a token, somebody has touched it for this very login: a program that has got at it while it is plugged in is nobody. */
function fitsLogin(signature: Buffer, blob: Buffer, key: TrustKey): boolean {
  if (!fitsSshSignature(signature, blob, key)) return false;
  return key.application === undefined || ((signature.at(-flagsAndCounterBytes) ?? 0) & touchedFlag) !== 0;
}

/** @returns undefined for what is no key that logs in: also of a token that was made for something else than SSH */
function readKey(wire: Buffer): TrustKey | undefined {
  try {
    const key = readSshPublicKey(`${typeOf(wire)} ${wire.toString('base64')}`);
    return key.application === undefined || key.application.startsWith('ssh:') ? key : undefined;
  } catch {
    return undefined;
  }
}

function certifiedKeyOf(wire: Buffer): Buffer | undefined {
  try {
    return takeCertifiedKey(new ByteCursor(wire));
  } catch {
    return undefined;
  }
}

function typeOf(blob: Buffer): string | undefined {
  if (blob.length < 4 || blob.readUInt32BE(0) > blob.length - 4) return undefined;
  return blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
}

function parsePlain(type: string, blob: Buffer): ParsedKey | undefined {
  const parsed = ssh2.utils.parseKey(`${type} ${blob.toString('base64')}`);
  return parsed instanceof Error || parsed.type !== type ? undefined : parsed;
}
