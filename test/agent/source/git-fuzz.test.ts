/** What a gateway, or a damaged disk, gives the agent's git: an answer, our own error, or a RangeError of the pack's reader. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { defaultSourceLimits } from '../../../agent/source/limits.ts';
import { uploadPackClient } from '../../../agent/source/upload-pack.ts';
import { encodeAdvertisement, parseAdvertisement } from '../../../core/io/git/advertisement.ts';
import { BatchOutput } from '../../../core/io/git/git-batch-output.ts';
import { readGitBundleHeader, writeGitBundleHeader } from '../../../core/io/git/git-bundle.ts';
import { checkPack } from '../../../core/io/git/pack-check.ts';
import { applyDelta, inflateEntry, readEntryHeader } from '../../../core/io/git/pack-entry.ts';
import { encodePacket, flushPacket, readAnswer } from '../../../core/io/git/pkt-line.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { edited, edits, mutated, onlyOurErrors, onlyOurRejections } from '../../fuzz/mutation.ts';

const id = 'a'.repeat(40);
const limits = { maxObjects: 1000, maxObjectBytes: 1 << 20, maxInflatedBytes: 1 << 22 };
const advertisement = {
  refs: new Map([
    ['refs/heads/main', id],
    ['refs/towline/timestamp', 'b'.repeat(40)],
  ]),
  capabilities: new Set(['side-band-64k', 'ofs-delta', 'agent=git/2.47']),
};
const advertised = encodeAdvertisement(advertisement, 'git-upload-pack', [...advertisement.capabilities]);

/** Type, size of up to eleven bits, and the deflated content. */
function entry(type: number, content: Uint8Array, base: Uint8Array = Buffer.alloc(0)): Buffer {
  const size = content.length;
  const head =
    size < 16 ? Buffer.of((type << 4) | size) : Buffer.of(0x80 | (type << 4) | (size & 15), size >> 4);
  return Buffer.concat([head, base, deflateSync(content)]);
}

const delta = Buffer.from([4, 4, 0x91, 0, 2, 2, 0x78, 0x79]);
const entries = [
  entry(3, Buffer.from('abcd')),
  entry(1, Buffer.from(`tree ${id}\n\nx`)),
  entry(6, delta, Buffer.of(14)),
  entry(7, delta, Buffer.alloc(20, 7)),
];

function packed(body: readonly Uint8Array[], count = body.length): Buffer {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(count, 8);
  return sealed(Buffer.concat([head, ...body]));
}

/** With the trailer that fits: whoever sends a pack can compute it. */
function sealed(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, createHash('sha1').update(bytes).digest()]);
}

function onlyRangeErrors(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    const known = error instanceof RangeError || (error instanceof Error && 'code' in error);
    assert.ok(known, error instanceof Error ? error.stack : String(error));
  }
}

describe('git’s answers, fuzzed', () => {
  test('pkt-lines and advertisements', async () => {
    await fuzzed(
      'advertisements',
      fc.property(mutated(advertised), bytes => {
        onlyOurErrors(() => [...readAnswer(bytes)]);
        onlyOurErrors(() => parseAdvertisement(bytes, 'git-upload-pack'));
      }),
    );
  });

  test('headers of bundles: what is read is written as it was', async () => {
    const refs = advertisement.refs;
    const valid = [
      writeGitBundleHeader({ prerequisites: [id], refs }),
      Buffer.from(`# v2 git bundle\n-${id} the subject of it\n${id} HEAD\n\nPACK`),
      Buffer.from(`# v3 git bundle\n@object-format=sha256\n${'c'.repeat(64)} HEAD\n\n`),
    ];
    await fuzzed(
      'headers of bundles',
      fc.property(mutated(...valid), bytes => {
        const read = onlyOurErrors(() => readGitBundleHeader(bytes));
        if (read !== undefined)
          assert.deepEqual(readGitBundleHeader(writeGitBundleHeader(read)).refs, read.refs);
      }),
    );
  });

  test('packs with the trailer that fits', async () => {
    const whole = packed(entries).subarray(0, -20);
    await fuzzed(
      'packs',
      fc.property(mutated(whole), bytes => {
        onlyOurErrors(() => checkPack(sealed(bytes), limits));
        onlyOurErrors(() => checkPack(bytes, limits));
      }),
    );
  });

  test('entries and deltas', async () => {
    await fuzzed(
      'entries',
      fc.property(mutated(...entries), mutated(delta), (bytes, instructions) => {
        onlyRangeErrors(() => {
          const { size, dataAt } = readEntryHeader(bytes);
          if (size <= limits.maxObjectBytes) inflateEntry(bytes.subarray(dataAt), size);
        });
        onlyRangeErrors(() => applyDelta(Buffer.from('abcd'), instructions));
      }),
    );
  });

  test('the answer to a fetch', async () => {
    const pack = packed(entries);
    const answer = Buffer.concat([
      encodePacket('NAK\n'),
      encodePacket(Buffer.concat([Buffer.of(2), Buffer.from('counting')])),
      encodePacket(Buffer.concat([Buffer.of(1), pack])),
      flushPacket,
    ]);
    const refusal = Buffer.concat([
      encodePacket(Buffer.concat([Buffer.of(3), Buffer.from('no')])),
      flushPacket,
    ]);
    await fuzzed(
      'fetches',
      fc.asyncProperty(mutated(answer, refusal, Buffer.from(encodePacket('ERR no\n'))), async body => {
        const client = uploadPackClient({
          dialler: {
            request: async () => ({ status: 200, headers: {}, body: Readable.from([body]) }),
          },
          advertisement,
          limits: defaultSourceLimits,
          signal: new AbortController().signal,
        });
        const request = { url: 'https://gateway/fleet.git/git-upload-pack', method: 'POST' };
        await onlyOurRejections(() => client.request(request));
      }),
    );
  });

  test('the output of cat-file --batch', async () => {
    const said = Buffer.from(`${id} commit 5\nhello\n${id} missing\n`);
    await fuzzed(
      'batches',
      fc.asyncProperty(edits, async changes => {
        const output = new BatchOutput(Readable.from([edited(said, changes)]));
        for (let reads = 0; reads < 4; reads += 1) {
          const read = reads % 2 === 0 ? output.line() : output.bytes(6);
          if (
            await read.then(
              () => false,
              (error: unknown) => error instanceof Error,
            )
          )
            return;
        }
      }),
    );
  });
});
