/** Ed25519 keys between Node's form and one line of an OpenSSH public key file (RFC 8709). */
import { createPublicKey, type KeyObject } from 'node:crypto';

const algorithm = 'ssh-ed25519';
const rawBytes = 32;
/** SubjectPublicKeyInfo of an Ed25519 key is this, then its 32 bytes (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

function lengthPrefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** @param key an Ed25519 public key. */
export function sshEd25519Line(key: KeyObject): string {
  const raw = key.export({ format: 'der', type: 'spki' }).subarray(-rawBytes);
  const blob = Buffer.concat([lengthPrefixed(Buffer.from(algorithm)), lengthPrefixed(raw)]);
  return `${algorithm} ${blob.toString('base64')}`;
}

/** @returns undefined where the line is no Ed25519 key. A comment behind the key is passed over. */
export function parseSshEd25519Line(line: string): KeyObject | undefined {
  const [name, blobText = ''] = line.trim().split(/\s+/);
  const blob = Buffer.from(blobText, 'base64');
  const head = Buffer.concat([lengthPrefixed(Buffer.from(algorithm)), Buffer.from([0, 0, 0, rawBytes])]);
  const wellFormed = blob.length === head.length + rawBytes && blob.subarray(0, head.length).equals(head);
  if (name !== algorithm || !wellFormed) return undefined;
  const der = Buffer.concat([spkiPrefix, blob.subarray(head.length)]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}
