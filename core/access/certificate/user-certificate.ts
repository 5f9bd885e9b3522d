/** A person's SSH certificate, taken apart and its signature checked. Source: PROTOCOL.certkeys of OpenSSH. */
import { ByteCursor } from '../../trust/git/byte-cursor.ts';
import { takeCertifiedKey } from '../../trust/signature/ssh-certificate.ts';
import { readSshPublicKey } from '../../trust/signature/ssh-public-key.ts';
import { fitsSshSignature } from '../../trust/signature/ssh-signature.ts';
import type { TrustKey } from '../../trust/signature/trust-key.ts';
import { optionText, readOptions } from './certificate-options.ts';
import { identityExtension, type ProviderIdentity, readIdentity } from './identity-extension.ts';

export interface UserCertificate {
  /** The key it is for, which has signed nothing yet: wire form, base64. */
  readonly key: string;
  /** The key that has signed it: wire form, base64. Whether that is anybody's to trust is another question. */
  readonly signer: string;
  readonly serial: bigint;
  /** What the signer calls it, in logs. */
  readonly keyId: string;
  /** The one user name that it is for: an operator's. */
  readonly principal: string;
  /** Milliseconds since the epoch: from, and no more at. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Addresses and ranges from which alone it may be used; undefined: all. */
  readonly sources: readonly string[] | undefined;
  /** Who the provider said this is. Undefined in what our signer has not made. */
  readonly identity: ProviderIdentity | undefined;
}

/** From its beginning to its end, milliseconds. */
export const longestCertificateMs = 8 * 3_600_000;

const maxBytes = 16 * 1024;
const userType = 1;
const minNonceBytes = 16;
/** Kinds that may sign certificates. RSA is none of them. */
const signerKinds: ReadonlySet<string> = new Set(['ed25519', 'ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521']);

/** Whether a key that somebody shows calls itself a certificate. */
export function isCertificate(wire: Uint8Array): boolean {
  try {
    return new ByteCursor(wire).sshText().endsWith('-cert-v01@openssh.com');
  } catch {
    return false;
  }
}

/**
 * What is not for a person, for one name and for hours, or asks for what is not kept here, is none.
 * @throws Error that says why
 */
export function readUserCertificate(wire: Uint8Array): UserCertificate {
  if (wire.length > maxBytes) throw new Error('a certificate that is too long');
  const cursor = new ByteCursor(wire);
  const key = takeCertifiedKey(cursor);
  if (key === undefined) throw new Error('no certificate that is known here');
  readKey(key);
  const serial = cursor.uint64();
  if (cursor.uint32() !== userType) throw new Error('a certificate that is not for a person');
  const keyId = cursor.sshString().toString('utf8');
  const principal = onePrincipal(cursor.sshString());
  const validity = readValidity(cursor);
  const sources = readCritical(readOptions(cursor.sshString()));
  const identity = readOptions(cursor.sshString()).get(identityExtension);
  if (cursor.sshString().length > 0) throw new Error('a certificate with fields of another version');
  const signer = readKey(cursor.sshString());
  const signed = wire.subarray(0, cursor.offset);
  const signature = cursor.sshString();
  cursor.end();
  if (!signerKinds.has(signer.algorithm) || signer.application !== undefined)
    throw new Error('a certificate that is signed by a key of another kind than ed25519 and ecdsa');
  if (nonceOf(wire).length < minNonceBytes) throw new Error('a certificate whose nonce is too short');
  if (!fitsSshSignature(signature, Buffer.from(signed), signer))
    throw new Error('a certificate whose signature does not fit');
  return {
    key: key.toString('base64'),
    signer: signer.lookup,
    ...{ serial, keyId, principal, ...validity, sources },
    identity: identity === undefined ? undefined : readIdentity(identity),
  };
}

function readKey(wire: Buffer): TrustKey {
  const type = new ByteCursor(wire).sshText();
  return readSshPublicKey(`${type} ${wire.toString('base64')}`);
}

function nonceOf(wire: Uint8Array): Buffer {
  const cursor = new ByteCursor(wire);
  cursor.sshString();
  return cursor.sshString();
}

/** None would mean: for every name there is. */
function onePrincipal(list: Buffer): string {
  const cursor = new ByteCursor(list);
  const principal = cursor.left === 0 ? '' : cursor.sshText();
  if (principal === '' || cursor.left > 0) throw new Error('a certificate that is not for exactly one name');
  return principal;
}

function readValidity(cursor: ByteCursor): { readonly fromMs: number; readonly untilMs: number } {
  const [from, until] = [cursor.uint64(), cursor.uint64()];
  if (until <= from || (until - from) * 1000n > BigInt(longestCertificateMs))
    throw new Error(`a certificate for no time, or for more than ${longestCertificateMs / 3_600_000} hours`);
  const fromMs = Number(from) * 1000;
  return { fromMs, untilMs: fromMs + Number(until - from) * 1000 };
}

/** Whatever else it demands must not be passed over. */
function readCritical(options: ReadonlyMap<string, Buffer>): readonly string[] | undefined {
  let sources: readonly string[] | undefined;
  for (const [name, data] of options) {
    if (name !== 'source-address')
      throw new Error(`a certificate that demands ${JSON.stringify(name.slice(0, 64))}`);
    sources = optionText(data).split(',');
  }
  return sources;
}
