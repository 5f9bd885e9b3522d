/** SSH certificates (PROTOCOL.certkeys of OpenSSH): devices follow keys, and say which key a certificate is for. */
import { ByteCursor } from '../git/byte-cursor.ts';
import { sshString } from './ssh-wire.ts';

const suffix = '-cert-v01@openssh.com';

/** Kind of the key → how many fields of the certificate, after its nonce, are the key's own. */
const keyFields: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519': 2,
  'sk-ecdsa-sha2-nistp256': 3,
};

/** The key that a certificate is for, as it stands on the wire: git names its fingerprint. Undefined for what is none. */
export function certifiedKey(wire: Uint8Array): Buffer | undefined {
  try {
    return takeCertifiedKey(new ByteCursor(wire));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Leaves the cursor behind the fields of the key.
 * @throws RangeError where the certificate ends before
 */
export function takeCertifiedKey(cursor: ByteCursor): Buffer | undefined {
  const type = cursor.sshText();
  const kind = type.endsWith(suffix) ? type.slice(0, -suffix.length) : '';
  const fields = keyFields[kind];
  if (fields === undefined) return undefined;
  cursor.sshString();
  const name = kind.startsWith('sk-') ? `${kind}@openssh.com` : kind;
  const parts = [Buffer.from(name), ...Array.from({ length: fields }, () => cursor.sshString())];
  return Buffer.concat(parts.map(sshString));
}
