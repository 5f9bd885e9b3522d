/** Keys that images are signed with, and certificates, as PEM has them. */
import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { digestOf } from '../digest.ts';

/** Of a file with keys or certificates. */
export const maxPemBytes = 65_536;
const maxCertificates = 8;
const leastRsaBits = 2048;
const mostRsaBits = 8192;
const certificatePattern = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const publicKeyPattern = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;

function whyNot({ asymmetricKeyType: kind, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  if (kind === 'ed25519') return undefined;
  if (kind === 'ec')
    return details?.namedCurve === 'prime256v1' ? undefined : `its curve is ${details?.namedCurve}`;
  const bits = details?.modulusLength ?? 0;
  if (kind !== 'rsa') return `it is of type ${kind}`;
  return bits < leastRsaBits || bits > mostRsaBits ? `it is RSA of ${bits} bits` : undefined;
}

/** @throws Error that says what is wrong with it */
export function readPublicKey(text: string): KeyObject {
  if (!publicKeyPattern.test(text)) throw new Error('it is no PEM of one PUBLIC KEY');
  const key = createPublicKey(text);
  const why = whyNot(key);
  if (why !== undefined) throw new Error(`${why}; P-256, Ed25519 and RSA of 2048 bits and more are known`);
  return key;
}

/** @returns each certificate, DER @throws Error that says what is wrong with them */
export function readCertificates(text: string): Buffer[] {
  const found = text.match(certificatePattern) ?? [];
  if (found.length === 0) throw new Error('it has no PEM of a CERTIFICATE');
  if (found.length > maxCertificates) throw new Error(`it has more than ${maxCertificates} certificates`);
  return found.map(one => new X509Certificate(one).raw);
}

/** `sha256:…` of the key as SubjectPublicKeyInfo: what logs and bundles name it by, too. */
export function keyDigest(key: KeyObject): string {
  const der = key.export({ format: 'der', type: 'spki' });
  return digestOf(der);
}

/** As cosign signs: over SHA-256, RSA by PKCS #1 v1.5, ECDSA in DER. */
export function isSignedBy(key: KeyObject, payload: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', payload, key, signature);
  } catch {
    return false;
  }
}
