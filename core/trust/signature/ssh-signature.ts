import { createHash, verify } from 'node:crypto';
import { messageOf } from '../../errors/cause.ts';
import { ByteCursor, padNumber } from '../git/byte-cursor.ts';
import { readArmor } from './armor.ts';
import { type Evidence, unsound } from './evidence.ts';
import { readSshBlob, type SshBlob, type SshNamespace, sshSignedMessage } from './ssh-blob.ts';
import { certifiedKey } from './ssh-certificate.ts';
import { sshFingerprint } from './ssh-public-key.ts';
import type { KeyRing, TrustKey } from './trust-key.ts';

const rsaHashes: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };
const curveHashes: Readonly<Record<string, { hash: string; bytes: number; name: string }>> = {
  'ecdsa-p256': { hash: 'sha256', bytes: 32, name: 'ecdsa-sha2-nistp256' },
  'ecdsa-p384': { hash: 'sha384', bytes: 48, name: 'ecdsa-sha2-nistp384' },
  'ecdsa-p521': { hash: 'sha512', bytes: 66, name: 'ecdsa-sha2-nistp521' },
};

/** Checks a signature as `ssh-keygen -Y sign` makes it. SSH keys carry no dates, so time has no part in it. */
export function checkSshSignature(
  armored: string,
  payload: Uint8Array,
  keys: KeyRing,
  namespace: SshNamespace,
): Evidence {
  const bytes = readArmor(armored, 'SSH SIGNATURE');
  if (bytes === undefined) return unsound('TRUST_SIGNATURE_FORMAT', 'the SSH armor is damaged');
  let parsed: SshBlob;
  try {
    parsed = readSshBlob(bytes);
  } catch (error) {
    const why = messageOf(error);
    return unsound('TRUST_SIGNATURE_FORMAT', `the SSH signature has ${why}`);
  }
  if (parsed.namespace !== namespace) {
    const found = JSON.stringify(parsed.namespace.slice(0, 64));
    return unsound('TRUST_BAD_SIGNATURE', `the SSH signature is for namespace ${found}, not "${namespace}"`);
  }
  const by = keys.bySshKey(parsed.wire.toString('base64'));
  if (by === undefined) return unknownKey(parsed.wire, keys);
  return fitsSshSignature(parsed.signature, sshSignedMessage(parsed, payload), by.key)
    ? { sound: true, by }
    : unsound('TRUST_BAD_SIGNATURE', `the signature with key ${by.key.id} does not fit the commit`);
}

function unknownKey(wire: Buffer, keys: KeyRing): Evidence {
  const passkey = keys.byPasskey(wire.toString('base64'));
  if (passkey !== undefined) {
    const message = `signed with passkey ${passkey.key.id} of ${passkey.principal}, which counts on commits of main alone`;
    return unsound('TRUST_PASSKEY_SIGNATURE', message);
  }
  const certified = certifiedKey(wire);
  if (certified !== undefined) {
    const message = `signed with an SSH certificate of key ${sshFingerprint(certified)}; devices follow keys, not certificates: sign with the key itself`;
    return unsound('TRUST_UNKNOWN_KEY', message);
  }
  const message = `signed with SSH key ${sshFingerprint(wire)}, which the policy does not have`;
  return unsound('TRUST_UNKNOWN_KEY', message);
}

/**
 * Whether a signature as it stands on the wire (its algorithm, its bytes; flags and counter of a security key after them) is
 * this key's for this message.
 */
export function fitsSshSignature(signature: Uint8Array, message: Buffer, key: TrustKey): boolean {
  try {
    const cursor = new ByteCursor(signature);
    const algorithm = cursor.sshText();
    const numbers = cursor.sshString();
    const data =
      key.application === undefined ? message : authenticatorData(message, key.application, cursor);
    cursor.end();
    return checkNumbers(algorithm, numbers, data, key);
  } catch {
    return false;
  }
}

/** What a security key signs (PROTOCOL.u2f). Whether it was touched is its owner's choice, as it is for git. */
function authenticatorData(message: Buffer, application: string, cursor: ByteCursor): Buffer {
  return Buffer.concat([sha256(Buffer.from(application, 'latin1')), cursor.take(5), sha256(message)]);
}

function checkNumbers(algorithm: string, signature: Buffer, data: Buffer, key: TrustKey): boolean {
  const sk = key.application === undefined ? '' : 'sk-';
  const suffix = key.application === undefined ? '' : '@openssh.com';
  if (key.algorithm === 'ed25519') {
    return algorithm === `${sk}ssh-ed25519${suffix}` && verify(null, data, key.publicKey, signature);
  }
  if (key.algorithm === 'rsa') {
    const hash = rsaHashes[algorithm];
    return hash !== undefined && verify(hash, data, key.publicKey, signature);
  }
  const curve = curveHashes[key.algorithm];
  if (curve === undefined || algorithm !== `${sk}${curve.name}${suffix}`) return false;
  const cursor = new ByteCursor(signature);
  const r = padNumber(cursor.sshString(), curve.bytes);
  const s = padNumber(cursor.sshString(), curve.bytes);
  cursor.end();
  if (r === undefined || s === undefined) return false;
  return verify(curve.hash, data, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.concat([r, s]));
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
