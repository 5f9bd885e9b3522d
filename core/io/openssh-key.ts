/**
 * Ed25519 keys in OpenSSH's own forms. Source: openssh-portable PROTOCOL.key (`openssh-key-v1`), RFC 8709 §4.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { sshString } from '../trust/signature/ssh-wire.ts';

const algorithm = 'ssh-ed25519';
const magic = Buffer.from('openssh-key-v1\0', 'binary');
const head = '-----BEGIN OPENSSH PRIVATE KEY-----';
const tail = '-----END OPENSSH PRIVATE KEY-----';

export interface SshKey {
  /** For node:crypto. */
  readonly privateKey: KeyObject;
  /** The wire form of the public key: string "ssh-ed25519", string 32 bytes. */
  readonly publicBlob: Buffer;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicLine: string;
}

/** A new Ed25519 key. @returns the text of an unencrypted OpenSSH private key file */
export function makeSshPrivateKey(comment: string): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const publicBytes = Buffer.from(jwk.x ?? '', 'base64url');
  const publicBlob = Buffer.concat([sshString(algorithm), sshString(publicBytes)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    publicBlob,
    sshString(Buffer.concat([seed, publicBytes])),
    sshString(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    magic,
    sshString('none'),
    sshString('none'),
    sshString(''),
    one,
    sshString(publicBlob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return `${head}\n${lines.join('\n')}\n${tail}\n`;
}

/**
 * Reads an unencrypted Ed25519 private key file of OpenSSH.
 * @throws Error when it is anything else
 */
export function readSshPrivateKey(text: string): SshKey {
  const inner = text.trim();
  if (!inner.startsWith(head) || !inner.endsWith(tail)) throw new Error('not an OpenSSH private key');
  const bytes = Buffer.from(inner.slice(head.length, -tail.length).replace(/\s+/g, ''), 'base64');
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new Error('not an OpenSSH private key');
  const reader = new SshReader(bytes.subarray(magic.length));
  if (reader.string().toString() !== 'none') throw new Error('the key is encrypted');
  reader.string();
  reader.string();
  if (reader.uint32() !== 1) throw new Error('the file holds more than one key');
  const publicBlob = Buffer.from(reader.string());
  const secret = new SshReader(reader.string());
  const check = secret.uint32();
  if (secret.uint32() !== check) throw new Error('the key is damaged');
  if (secret.string().toString() !== algorithm) throw new Error('not an Ed25519 key');
  const publicBytes = secret.string();
  const seed = secret.string().subarray(0, 32);
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', d: seed.toString('base64url'), x: publicBytes.toString('base64url') },
  });
  return { privateKey, publicBlob, publicLine: `${algorithm} ${publicBlob.toString('base64')}` };
}

class SshReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  string(): Buffer {
    const length = this.uint32();
    if (this.#at + length > this.#bytes.length) throw new Error('the key is cut off');
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }
}
