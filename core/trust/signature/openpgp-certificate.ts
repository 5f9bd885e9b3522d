import { ByteCursor } from '../git/byte-cursor.ts';
import { hashedKeyBody, keyFingerprint } from './openpgp-fingerprint.ts';
import { dearmorKeys, nextPacket } from './openpgp-key-numbers.ts';

/** A primary key, a user ID or a subkey, with the signatures that follow it (RFC 9580, section 10.1). */
export interface CertificatePart {
  readonly kind: 'primary' | 'user' | 'subkey';
  readonly tag: number;
  readonly body: Buffer;
  /** Bodies of signature packets, none of them checked. */
  readonly signatures: readonly Buffer[];
}

/** One certificate: the primary key first. */
export interface Certificate {
  readonly primary: CertificatePart;
  readonly others: readonly CertificatePart[];
}

const kinds: ReadonlyMap<number, CertificatePart['kind']> = new Map([
  [6, 'primary'],
  [13, 'user'],
  [17, 'user'],
  [14, 'subkey'],
]);
const signatureTag = 2;

/**
 * The certificates of an armored block as their packets lie there: nothing is left out because it is of a kind, version
 * or algorithm that is not known.
 * @throws Error that says what is there.
 */
export function readCertificates(armored: string): Certificate[] {
  const cursor = new ByteCursor(dearmorKeys(armored));
  const found: { primary: OpenPart; others: OpenPart[] }[] = [];
  let part: OpenPart | undefined;
  while (cursor.left > 0) {
    const { tag, bytes } = nextPacket(cursor);
    const kind = kinds.get(tag);
    if (kind !== undefined) {
      part = { kind, tag, body: bytes, signatures: [] };
      if (kind === 'primary') found.push({ primary: part, others: [] });
      else found.at(-1)?.others.push(part);
    } else if (tag === signatureTag) part?.signatures.push(bytes);
  }
  return found;
}

type OpenPart = CertificatePart & { readonly signatures: Buffer[] };

/** A version 4 key as signatures hash it (RFC 9580, section 5.2.4). */
export function hashedKey({ body }: CertificatePart): Buffer {
  return hashedKeyBody(body);
}

/** What a signature over this part covers before its own words. */
export function signedOver(primary: CertificatePart, part: CertificatePart): Buffer {
  if (part.kind === 'primary') return hashedKey(primary);
  if (part.kind === 'subkey') return Buffer.concat([hashedKey(primary), hashedKey(part)]);
  const head = Buffer.alloc(5);
  head.writeUInt8(part.tag === 13 ? 0xb4 : 0xd1);
  head.writeUInt32BE(part.body.length, 1);
  return Buffer.concat([hashedKey(primary), head, part.body]);
}

/** Fingerprint of a version 4 key: 40 hexadecimal digits in capitals (RFC 9580, section 5.5.4.2). */
export function fingerprintOf(key: CertificatePart): string {
  return keyFingerprint(key.body);
}
