/** Packs that are whole, with a trailer that fits, and that isomorphic-git would read for ever. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { checkPack } from '../../../../core/io/git/pack-check.ts';

const limits = { maxObjects: 100, maxObjectBytes: 1000, maxInflatedBytes: 10_000 };
const blob = Buffer.concat([Buffer.from([0x31]), deflateSync(Buffer.from('a'))]);
/** Takes the one byte of its base. */
const delta = deflateSync(Buffer.from([1, 1, 0x90, 1]));

function packOf(...entries: readonly Buffer[]): Buffer {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(entries.length, 8);
  const body = Buffer.concat([head, ...entries]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

const deltaBack = (distance: number) => Buffer.concat([Buffer.from([0x64, distance]), delta]);

test('a delta lies behind the object that it is made from: it is not its own base, nor made from a place within one', () => {
  assert.equal(checkPack(packOf(blob, deltaBack(blob.length)), limits), 2);
  for (const distance of [0, 1, blob.length - 1, blob.length + 1, 127])
    assert.throws(
      () => checkPack(packOf(blob, deltaBack(distance)), limits),
      { code: 'GIT_PACK' },
      `${distance}`,
    );
});
