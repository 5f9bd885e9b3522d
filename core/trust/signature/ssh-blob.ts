/** The outer form of an SSH signature, and what it is over (PROTOCOL.sshsig of OpenSSH). */
import { createHash } from 'node:crypto';
import { ByteCursor } from '../git/byte-cursor.ts';
import { sshString, sshUint32 } from './ssh-wire.ts';

/** What an SSH signature is for: git's commits, our approvals, timestamps and recordings, logins at the portal. */
export type SshNamespace =
  | 'git'
  | 'towline-approval'
  | 'towline-timestamp'
  | 'towline-recording'
  | 'towline-login';

export interface SshBlob {
  /** The public key on the wire. */
  readonly wire: Buffer;
  readonly namespace: string;
  readonly reserved: Buffer;
  readonly hash: string;
  /** Algorithm, numbers, and what else the kind of key adds. */
  readonly signature: Buffer;
}

const magic = 'SSHSIG';
const blobVersion = 1;
const lineCharacters = 70;

/** @throws Error that says what is there. */
export function readSshBlob(bytes: Buffer): SshBlob {
  const cursor = new ByteCursor(bytes);
  if (cursor.take(magic.length).toString('latin1') !== magic) throw new Error('another beginning');
  const version = cursor.uint32();
  if (version !== blobVersion) throw new Error(`version ${version}`);
  const wire = cursor.sshString();
  const namespace = cursor.sshText();
  const reserved = cursor.sshString();
  const hash = cursor.sshText();
  const signature = cursor.sshString();
  cursor.end();
  if (hash !== 'sha256' && hash !== 'sha512') throw new Error(`the hash ${JSON.stringify(hash)}`);
  return { wire, namespace, reserved, hash, signature };
}

/** The bytes that the key signs for a payload. */
export function sshSignedMessage(
  { namespace, reserved, hash }: Pick<SshBlob, 'namespace' | 'reserved' | 'hash'>,
  payload: Uint8Array,
): Buffer {
  return Buffer.concat([
    Buffer.from(magic, 'latin1'),
    sshString(Buffer.from(namespace, 'latin1')),
    sshString(reserved),
    sshString(Buffer.from(hash, 'latin1')),
    sshString(createHash(hash).update(payload).digest()),
  ]);
}

/** Armored, without a newline at its end. */
export function writeSshBlob({ wire, namespace, reserved, hash, signature }: SshBlob): string {
  const fields = [wire, Buffer.from(namespace, 'latin1'), reserved, Buffer.from(hash, 'latin1'), signature];
  const bytes = Buffer.concat([
    Buffer.from(magic, 'latin1'),
    sshUint32(blobVersion),
    ...fields.map(sshString),
  ]);
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${lineCharacters}}`, 'g')) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----'].join('\n');
}
