/**
 * X.509 certificates that carry a public key and nothing else that counts: nobody signs them, they do not expire.
 * Source: RFC 5280 §4.1 (Certificate), X.690 (DER).
 */
import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

/** SEQUENCE of the AlgorithmIdentifier ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
const commonNameOid = Buffer.from('0603550403', 'hex');
/** 2000-01-01 and RFC 5280 §4.1.2.5's "no well-defined expiration date". */
const validity = tlv(0x30, Buffer.concat([ascii(0x17, '000101000000Z'), ascii(0x18, '99991231235959Z')]));

/**
 * A certificate for a P-256 key, signed by that key.
 * @param privateKeyPem PKCS #8, P-256
 * @param commonName for people who look at it; nothing is decided by it
 * @returns PEM
 */
export function selfSignedCertificate(privateKeyPem: string, commonName: string): string {
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== 'ec') throw new TypeError('a P-256 key is needed');
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const name = distinguishedName(commonName);
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const version3 = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const toBeSigned = tlv(
    0x30,
    Buffer.concat([version3, tlv(0x02, serial), ecdsaWithSha256, name, validity, name, spki]),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const bits = tlv(0x03, Buffer.concat([Buffer.from([0]), signature]));
  const der = tlv(0x30, Buffer.concat([toBeSigned, ecdsaWithSha256, bits]));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function distinguishedName(commonName: string): Buffer {
  const value = tlv(0x0c, Buffer.from(commonName.slice(0, 64), 'utf8'));
  return tlv(0x30, tlv(0x31, tlv(0x30, Buffer.concat([commonNameOid, value]))));
}

function ascii(tag: number, text: string): Buffer {
  return tlv(tag, Buffer.from(text, 'ascii'));
}

function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  if (length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, length]), value]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), value]);
}
