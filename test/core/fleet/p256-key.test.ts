import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { isP256 } from '../../../core/fleet/p256-key.ts';

const make = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'der' });

/** What OpenSSL says. */
function reads(der: Buffer): boolean {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

test('a P-256 key is one for OpenSSL and for us, and so is no other key', () => {
  for (let count = 0; count < 50; count += 1) assert.equal(isP256(make('P-256').toString('base64')), true);
  for (const curve of ['P-384', 'secp256k1']) assert.equal(isP256(make(curve).toString('base64')), false);
  const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  assert.equal(isP256(ed25519.toString('base64')), false);
  for (const text of ['', 'AAAA', 'nonsense']) assert.equal(isP256(text), false);
});

test('a key that is changed, cut or longer at any byte is judged as OpenSSL judges it', () => {
  const der = make('P-256');
  for (let at = 0; at < der.length; at += 1) {
    for (const bits of [0x01, 0x80, 0xff]) {
      const changed = Buffer.from(der);
      changed.writeUInt8(changed.readUInt8(at) ^ bits, at);
      assert.equal(isP256(changed.toString('base64')), reads(changed), `byte ${at}`);
    }
    assert.equal(isP256(der.subarray(0, at).toString('base64')), reads(der.subarray(0, at)), `cut at ${at}`);
  }
  const ends = [Buffer.alloc(64, 0), Buffer.alloc(64, 0xff)].map(point =>
    Buffer.concat([der.subarray(0, 27), point]),
  );
  for (const end of ends) assert.equal(isP256(end.toString('base64')), reads(end));
});
