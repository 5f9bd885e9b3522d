/** One key is one material in every form, and another key another. */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { tlsPin } from '../../../../core/io/https/tls-pins.ts';
import {
  type KeyNumbers,
  materialName,
  numbersOf,
  pinOf,
} from '../../../../core/trust/signature/key-material.ts';
import { openpgpKeyNumbers } from '../../../../core/trust/signature/openpgp-key-numbers.ts';
import { sshKeyNumbers } from '../../../../core/trust/signature/ssh-key-numbers.ts';
import { tlsKeyNumbers } from '../../../../core/trust/signature/tls-key-numbers.ts';
import { sshField, sshLine, sshLineOf } from '../../../../lab/rig/key-spellings.ts';
import { makeGpgKey, makeSshKey } from '../../../../lab/rig/keys.ts';

const keys: readonly KeyObject[] = [
  generateKeyPairSync('ed25519').publicKey,
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
  ...['P-256', 'P-384', 'P-521'].map(namedCurve => generateKeyPairSync('ec', { namedCurve }).publicKey),
];
const names = (numbers: readonly KeyNumbers[]): string[] => numbers.map(materialName);

test('a key of each kind is the same as an SSH line and for OpenSSL, and no two are alike', () => {
  for (const key of keys) assert.deepEqual(numbersOf(key), { ...sshKeyNumbers(sshLineOf(key)) });
  assert.equal(new Set(names(keys.map(numbersOf))).size, keys.length);
});

test('the pin of a key is that of its SubjectPublicKeyInfo', () => {
  for (const key of keys)
    assert.equal(pinOf(numbersOf(key)), tlsPin(key.export({ type: 'spki', format: 'der' })));
});

test('what ssh-keygen makes is read', async () => {
  for (const [type, bits] of [
    ['ed25519'],
    ['rsa', 2048],
    ['ecdsa', 256],
    ['ecdsa', 384],
    ['ecdsa', 521],
  ] as const) {
    const key = await makeSshKey(type, bits);
    await key.remove();
    assert.equal(names([sshKeyNumbers(key.publicKey)]).length, 1);
  }
});

test('each key and subkey of what gpg makes is read, whatever its algorithm', async () => {
  for (const algorithm of ['ed25519', 'rsa2048', 'dsa2048', 'nistp256', 'brainpoolP256r1']) {
    const key = await makeGpgKey({ algorithm });
    try {
      const encryption = algorithm === 'dsa2048' ? 'elg2048' : 'cv25519';
      await key.gpg(['--quick-add-key', key.fingerprint, encryption, 'encr']);
      const found = names(openpgpKeyNumbers(await key.publicKey()));
      assert.equal(new Set(found).size, 2, algorithm);
    } finally {
      await key.remove();
    }
  }
});

test('what is not in its one spelling is no key', () => {
  const [ed25519, rsa, p256] = keys.map(sshLineOf) as [string, string, string];
  const wire = Buffer.from(ed25519.split(' ')[1] ?? '', 'base64');
  const lines = [
    '',
    'ssh-ed25519',
    ed25519.replace('ssh-ed25519 ', 'ssh-ed25519  '),
    ed25519.replace('ssh-ed25519 ', 'ssh-rsa '),
    `${ed25519.slice(0, 30)}\u200b${ed25519.slice(30)}`,
    `ssh-ed25519 ${Buffer.concat([wire, Buffer.of(0)]).toString('base64')}`,
    `ssh-ed25519 ${wire.subarray(0, -1).toString('base64')}`,
    sshLine('ssh-ed25519', Buffer.concat([Buffer.of(0xed), Buffer.alloc(30, 0xff), Buffer.of(0x7f)])),
    rsa.replace(/=*$/, '===='),
    p256.replaceAll('+', '-'),
  ].filter(line => line !== p256 && line !== rsa);
  for (const line of lines) assert.throws(() => sshKeyNumbers(line), Error, line);
  const compressed = sshLine(
    'ecdsa-sha2-nistp256',
    'nistp256',
    Buffer.concat([Buffer.of(2), Buffer.alloc(32, 1)]),
  );
  assert.throws(() => sshKeyNumbers(compressed), /wrong form/);
  assert.throws(() => sshKeyNumbers(`ssh-dss ${sshField('ssh-dss').toString('base64')}`), Error);
});

test('a TLS key is of P-256, whole, and in canonical base64', () => {
  const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
  const [ed25519, rsa, p256, p384] = keys as [KeyObject, KeyObject, KeyObject, KeyObject];
  assert.deepEqual(
    tlsKeyNumbers(spki(p256).toString('base64')),
    numbersOf(createPublicKey(p256.export({ type: 'spki', format: 'pem' }))),
  );
  for (const key of [ed25519, rsa, p384]) assert.throws(() => tlsKeyNumbers(spki(key).toString('base64')));
  const base64 = spki(p256).toString('base64');
  for (const text of [
    '',
    'AAAA',
    `${base64} `,
    `${base64}\n`,
    base64.slice(0, -4),
    base64.replace(/(.)==$/, letter => (letter[0] === 'w' ? 'x==' : 'h==')),
  ]) {
    assert.throws(() => tlsKeyNumbers(text), Error, text);
  }
  const longer = Buffer.concat([spki(p256), Buffer.of(0, 0)]).toString('base64');
  assert.throws(() => tlsKeyNumbers(longer), Error);
});
