/** One key in the many forms that files can give it: SSH lines, OpenPGP certificates, SubjectPublicKeyInfo. */
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { generateKey, type PrivateKey, readPrivateKey, reformatKey } from 'openpgp';

/** An SSH string: four bytes of length, then the bytes. */
export function sshField(bytes: Buffer | string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(bytes));
  return Buffer.concat([length, Buffer.from(bytes)]);
}

export function sshLine(type: string, ...fields: readonly (Buffer | string)[]): string {
  return `${type} ${Buffer.concat([type, ...fields].map(sshField)).toString('base64')}`;
}

/** As SSH writes a number that is not negative: a zero before a first bit that is set. */
export function mpint(bytes: Uint8Array): Buffer {
  const [first = 0] = bytes;
  return Buffer.concat([Buffer.alloc(first >= 0x80 ? 1 : 0), bytes]);
}

export const raw = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');

/** The plain SSH line of a public key. */
export function sshLineOf(key: KeyObject): string {
  const jwk: JsonWebKey = key.export({ format: 'jwk' });
  if (jwk.kty === 'RSA') return sshLine('ssh-rsa', mpint(raw(jwk.e)), mpint(raw(jwk.n)));
  if (jwk.kty === 'OKP') return sshLine('ssh-ed25519', raw(jwk.x));
  const curve = (jwk.crv ?? '').replace('P-', 'nistp');
  return sshLine(`ecdsa-sha2-${curve}`, curve, Buffer.concat([Buffer.of(4), raw(jwk.x), raw(jwk.y)]));
}

export interface Certificate {
  readonly armored: string;
  /** The numbers of its primary key, as openpgp.js names them. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** The same keys in a certificate that was made a day earlier: another fingerprint. */
  earlier(): Promise<string>;
}

const userIDs = [{ name: 'signer', email: 'signer@example.com' }];

/** `legacy`: Ed25519 as gpg writes it; `modern`: as RFC 9580 does. */
export async function makeCertificate(type: 'legacy' | 'modern' | 'nistP256' | 'rsa'): Promise<Certificate> {
  const options = {
    legacy: { type: 'ecc', curve: 'ed25519Legacy' },
    modern: { type: 'curve25519' },
    nistP256: { type: 'ecc', curve: 'nistP256' },
    rsa: { type: 'rsa', rsaBits: 2048 },
  } as const;
  const date = new Date(Date.now() - 2 * 86_400_000);
  const pair = await generateKey({ ...options[type], userIDs, date, format: 'armored' });
  const key = await readPrivateKey({ armoredKey: pair.privateKey });
  return {
    armored: pair.publicKey,
    numbers: { ...(key.keyPacket as unknown as { publicParams: object }).publicParams },
    earlier: async () => {
      const other = await readPrivateKey({ armoredKey: pair.privateKey });
      await backdate(other);
      const { publicKey } = await reformatKey({ privateKey: other, userIDs, date, format: 'armored' });
      return publicKey;
    },
  };
}

async function backdate(key: PrivateKey): Promise<void> {
  for (const part of [key, ...key.subkeys]) {
    const packet = part.keyPacket as unknown as {
      created: Date;
      computeFingerprintAndKeyID(): Promise<void>;
    };
    packet.created = new Date(packet.created.getTime() - 86_400_000);
    await packet.computeFingerprintAndKeyID();
  }
}

/** An armored block whose RSA exponent has a zero too many: gpg and openpgp.js read the same key. */
export function withZeroBeforeExponent(armored: string): string {
  const [, body = ''] =
    /\n\n([A-Za-z0-9+/=\n]+?)\n(?:=[A-Za-z0-9+/]{4}\n)?-----END/.exec(armored.replaceAll('\r', '')) ?? [];
  const bytes = Buffer.from(body, 'base64');
  const exponent = Buffer.from('0011010001', 'hex');
  const at = bytes.indexOf(exponent);
  const [head = 0, kind = 0] = bytes;
  if (at < 0 || (head & 0x40) === 0 || kind < 192 || kind > 223)
    throw new Error('not the packet that was expected');
  const length = ((kind - 192) << 8) + bytes.readUInt8(2) + 192;
  const body1 = Buffer.concat([
    bytes.subarray(3, at),
    Buffer.from('001900010001', 'hex'),
    bytes.subarray(at + 5, 3 + length),
  ]);
  const grown = length + 1 - 192;
  const packet = Buffer.concat([Buffer.of(head, (grown >> 8) + 192, grown & 0xff), body1]);
  const all = Buffer.concat([packet, bytes.subarray(3 + length)])
    .toString('base64')
    .replace(/.{64}/g, '$&\n');
  return `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${all}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
}

/** Old Ed25519 points stand behind 0x40. */
export function ed25519Point({ Q, A }: Readonly<Record<string, unknown>>): Buffer {
  const point = Buffer.from((Q ?? A) as Uint8Array);
  return point.subarray(-32);
}
