/**
 * X.509 certificates that carry a public key and nothing else that counts: nobody signs them, they do not expire.
 * Source: RFC 5280 §4.1 (Certificate), X.690 (DER).
 */
import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** SEQUENCE of the AlgorithmIdentifier ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
const alternativeNameOid = Buffer.from('0603551d11', 'hex');
const commonNameOid = Buffer.from('0603550403', 'hex');
/** 2000-01-01 and RFC 5280 §4.1.2.5's "no well-defined expiration date". */
const validity = tlv(0x30, Buffer.concat([ascii(0x17, '000101000000Z'), ascii(0x18, '99991231235959Z')]));

/**
 * A certificate for a P-256 key, signed by that key.
 * @param privateKeyPem PKCS #8, P-256
 * @param commonName for people who look at it; nothing is decided by it
 * @param hosts names and IP addresses under which it is dialled: for engines and other clients that know no pins
 * @returns PEM
 */
export function selfSignedCertificate(
  privateKeyPem: string,
  commonName: string,
  hosts: readonly string[] = [],
): string {
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== 'ec') throw new TypeError('a P-256 key is needed');
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const name = distinguishedName(commonName);
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const version3 = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const toBeSigned = tlv(
    0x30,
    Buffer.concat([
      version3,
      tlv(0x02, serial),
      ecdsaWithSha256,
      name,
      validity,
      name,
      spki,
      ...alternativeNames(hosts),
    ]),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const bits = tlv(0x03, Buffer.concat([Buffer.from([0]), signature]));
  const der = tlv(0x30, Buffer.concat([toBeSigned, ecdsaWithSha256, bits]));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Extension subjectAltName, 2.5.29.17: RFC 5280 §4.2.1.6. */
function alternativeNames(hosts: readonly string[]): Buffer[] {
  if (hosts.length === 0) return [];
  const names = hosts.map(host => (isIP(host) === 0 ? ascii(0x82, host) : tlv(0x87, addressBytes(host))));
  const value = tlv(0x04, tlv(0x30, Buffer.concat(names)));
  const extension = tlv(0x30, Buffer.concat([alternativeNameOid, value]));
  return [tlv(0xa3, tlv(0x30, extension))];
}

function addressBytes(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from(host.split('.').map(Number));
  // `URL` writes each IPv6 address in one way, a run of zeros as `::`.
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(all.map(group => group.padStart(4, '0')).join(''), 'hex');
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
