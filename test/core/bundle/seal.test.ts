/** Sealed bundles: opened by a key that they are for, by gpg too, and by nobody else. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { seal, unseal } from '../../../core/bundle/seal.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { anyRefusal, chunksOf, flipped, noise, sample, sampleImage, written } from './sample-bundle.ts';

const date = new Date('2026-11-29T17:00:00Z');

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

async function makeKey(name: string): Promise<KeyPair> {
  const openpgp = await import('openpgp');
  const userIDs = [{ name }];
  return openpgp.generateKey({ type: 'ecc', curve: 'curve25519Legacy', userIDs, date, format: 'armored' });
}

async function all(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const bytes = await written(
  sample({ images: [sampleImage('pump:1', { 'linux/amd64': [noise('layer', 200_000)] })] }),
);
let first: KeyPair;
let second: KeyPair;
let sealed: Buffer;
before(async () => {
  [first, second] = await Promise.all([makeKey('pump-17'), makeKey('pump-18')]);
  sealed = await all(seal(chunksOf(bytes, 10_000), { keys: [first.publicKey, second.publicKey], date }));
});

async function read(file: Uint8Array, key: string | undefined): Promise<void> {
  const opened = await openBundle(unseal(chunksOf(file, 4096), key));
  for await (const _ of opened.parts());
}

test('each of its devices opens it, and what is inside is what was sealed', async () => {
  for (const { privateKey } of [first, second])
    assert.deepEqual(await all(unseal(chunksOf(sealed, 1000), privateKey)), bytes);
});

test('nothing of what it holds can be read', () => {
  for (const word of ['oci-layout', 'pump-17', 'north-sea', 'vnd.towline'])
    assert.equal(sealed.includes(word), false, word);
});

test('without a key, or with another, the error names the keys that it is for', async () => {
  const { privateKey: other } = await makeKey('pump-19');
  for (const key of [undefined, other])
    await assert.rejects(read(sealed, key), (error: unknown) => {
      assert.ok(isTowlineError(error, 'BUNDLE_SEALED'));
      const { keys } = error.details;
      assert.ok(Array.isArray(keys) && keys.length === 2 && keys.every(key => /^[0-9A-F]{16}$/.test(key)));
      return true;
    });
});

test('one without a seal passes as it is, whatever key there is', async () => {
  assert.deepEqual(await all(unseal(chunksOf(bytes, 100), first.privateKey)), bytes);
  assert.deepEqual(await all(unseal(chunksOf(Buffer.alloc(0)), undefined)), Buffer.alloc(0));
});

test('a seal that was changed, cut off, or has more behind it is found', async () => {
  for (let index = 0; index < 16; index += 1) {
    const place = Math.floor((sealed.length * index) / 16);
    await assert.rejects(read(flipped(sealed, place, 1 + index), first.privateKey), anyRefusal, `${place}`);
    await assert.rejects(read(sealed.subarray(0, place), first.privateKey), anyRefusal, `${place}`);
  }
});

test('a seal without end is given up', { timeout: 60_000 }, async () => {
  async function* endless() {
    const { length } = sealed;
    // The first packet, a session key for the first device, again and again.
    const packet = sealed.subarray(0, 2 + (sealed[1] ?? 0));
    assert.ok(packet.length < length);
    const many = Buffer.concat(Array(1000).fill(packet));
    for (;;) yield many;
  }
  await assert.rejects(openBundle(unseal(endless(), first.privateKey)), anyRefusal);
});

test('what is packed in a seal is not unpacked, and what is no data in it is not held: refused before it takes memory', async () => {
  const openpgp = await import('openpgp');
  const encryptionKeys = await openpgp.readKey({ armoredKey: first.publicKey });
  const sealedAs = async (isPacked: boolean, isData: boolean): Promise<Uint8Array> => {
    const message = await openpgp.createMessage({ binary: new Uint8Array(8_000_000), date });
    // The name of a key, of eight megabytes, where the data belongs.
    const name = new openpgp.UserIDPacket();
    Object.assign(name, { write: () => Buffer.alloc(8_000_000, 'x') });
    if (!isData) message.packets.splice(0, 1, name);
    const packed = { preferredCompressionAlgorithm: openpgp.enums.compression.zlib };
    const config = isPacked ? packed : {};
    return await openpgp.encrypt({ message, encryptionKeys, date, format: 'binary', config });
  };
  for (const [isPacked, isData, code] of [
    [true, true, 'BUNDLE_FORMAT'],
    [true, false, 'BUNDLE_FORMAT'],
    [false, false, 'BUNDLE_TOO_LARGE'],
  ] as const) {
    const file = await sealedAs(isPacked, isData);
    await assert.rejects(read(file, first.privateKey), { code }, `${isPacked} ${isData}`);
  }
});
