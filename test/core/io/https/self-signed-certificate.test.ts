import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { makeTlsKey } from '../../../../core/io/device-keys.ts';
import { selfSignedCertificate } from '../../../../core/io/https/self-signed-certificate.ts';

test('a certificate is for the names and addresses that it is told, in every form of these, and no others', () => {
  const hosts = [
    'gw.example.com',
    '192.0.2.7',
    '2001:db8::7',
    '::1',
    '1::',
    '::ffff:192.0.2.8',
    '1:2:3:4:5:6:7:8',
  ];
  const certificate = new X509Certificate(selfSignedCertificate(makeTlsKey(), 'gateway', hosts));
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.checkHost('gw.example.com'), 'gw.example.com');
  for (const address of hosts.slice(1)) assert.equal(certificate.checkIP(address), address);
  assert.equal(certificate.checkIP('2001:0DB8:0:0::0007'), '2001:0DB8:0:0::0007');
  for (const host of ['example.com', 'gateway', 'a.gw.example.com'])
    assert.equal(certificate.checkHost(host), undefined);
  for (const address of ['192.0.2.8', '::2']) assert.equal(certificate.checkIP(address), undefined);
  assert.equal(new X509Certificate(selfSignedCertificate(makeTlsKey(), 'device')).subjectAltName, undefined);
});
