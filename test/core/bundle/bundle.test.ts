/** Bundles are read as they were written, or not at all: every byte of one is known or hashed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inBundleOrder } from '../../../core/bundle/contents.ts';
import { type BundlePart, openBundle } from '../../../core/bundle/open-bundle.ts';
import { gitBundleType, readTable, writeTable } from '../../../core/bundle/table.ts';
import { tarBytes, tarHeader } from '../../../core/bundle/tar-header.ts';
import { bundleBytes } from '../../../core/bundle/write-bundle.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { digestOf } from '../../../core/images/digest.ts';
import { ociImage, ociIndex } from '../../../core/images/manifest.ts';
import { placesOf } from '../../rig/every.ts';
import {
  anyRefusal,
  chunksOf,
  flipped,
  noise,
  refusal,
  refused,
  type Sample,
  sample,
  sampleImage,
  written,
} from './sample-bundle.ts';

const layer = noise('a', 700);
const pump = sampleImage('registry.example.com/pump:1.5.0', {
  'linux/amd64': [noise('base', 300), layer],
  'linux/arm64': [noise('base', 300), noise('arm', 512)],
});
const small = sample({ images: [pump] });

interface Read {
  readonly kinds: readonly string[];
  readonly blobs: ReadonlyMap<string, Buffer>;
}

async function readAll(bytes: Uint8Array, chunk = 4096): Promise<Read> {
  const opened = await openBundle(chunksOf(bytes, chunk));
  const blobs = new Map<string, Buffer>();
  const kinds: string[] = [];
  for await (const part of opened.parts()) {
    kinds.push(part.kind);
    blobs.set(part.digest, await all(part));
  }
  return { kinds, blobs };
}

async function all({ bytes }: BundlePart): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

test('a bundle is read as it was written, however its bytes are cut into chunks', async () => {
  const bytes = await written(small);
  assert.equal(bytes.length, bundleBytes(small));
  for (const chunk of [1, 511, 512, 1000, bytes.length]) {
    const { kinds, blobs } = await readAll(bytes, chunk);
    assert.deepEqual(kinds, ['git', ...Array(3).fill('manifest'), ...Array(5).fill('blob')]);
    assert.deepEqual(
      [...blobs.keys()],
      small.entries.map(({ digest }) => digest),
    );
    for (const [digest, blob] of blobs) assert.equal(digestOf(blob), digest);
  }
  const opened = await openBundle(chunksOf(bytes));
  assert.deepEqual(opened.contents, small.contents);
  assert.equal(opened.size, bytes.length);
});

test('the same bundle has the same bytes', async () => {
  assert.deepEqual(await written(small), await written(sample({ images: [pump] })));
});

test('a part that nobody reads is checked all the same, and so is one that is read to its middle', async () => {
  const bytes = await written(small);
  const parts = async (file: Buffer) => {
    for await (const { bytes: part } of (await openBundle(chunksOf(file, 100))).parts())
      for await (const _ of part) break;
  };
  await parts(bytes);
  const place = bytes.indexOf(layer) + layer.length - 1;
  await assert.rejects(parts(flipped(bytes, place, 1)), refusal(/^BUNDLE_DAMAGED$/));
});

test('every byte of a small bundle counts: one that is another is found', async () => {
  const tiny = sample({ images: [sampleImage('pump:1', { 'linux/amd64': [layer] })] });
  const bytes = await written(tiny);
  for (const place of placesOf(bytes.length)) await refused(flipped(bytes, place, 1 << (place % 8)), place);
});

test('in a larger bundle each of 1,000 places is found', async () => {
  const layers = Array.from({ length: 8 }, (_, index) => noise(`layer ${index}`, 7000 + index));
  const bytes = await written(sample({ images: [sampleImage('pump:1', { 'linux/amd64': layers })] }));
  for (let index = 0; index < 1000; index += 1) {
    const place = noise(`place ${index}`, 32).readUInt32BE() % bytes.length;
    await refused(flipped(bytes, place, 1 + (index % 255)), place);
  }
});

test('what was cut off at any block, or in the middle of one, is damaged, and the message says where', async () => {
  const bytes = await written(small);
  for (let place = 512; place < bytes.length; place += 256) {
    await assert.rejects(readAll(bytes.subarray(0, place)), (error: unknown) => {
      assert.ok(isTowlineError(error, 'BUNDLE_DAMAGED'));
      assert.equal(error.details.position, place);
      return true;
    });
  }
});

test('nothing may come after the end, not even an empty block', async () => {
  const bytes = await written(small);
  for (const more of [Buffer.alloc(1), Buffer.alloc(512), bytes])
    await assert.rejects(readAll(Buffer.concat([bytes, more])), refusal(/^BUNDLE_DAMAGED$/));
});

test('input without end ends the reading at once', async () => {
  let asked = 0;
  async function* endless(bytes: Buffer, more: Buffer) {
    yield bytes;
    for (;;) {
      asked += 1;
      yield more;
    }
  }
  const bytes = await written(small);
  for (const start of [Buffer.alloc(0), bytes.subarray(0, 512), bytes.subarray(0, 5000), bytes])
    for (const filling of [0, 0x61]) {
      const read = async () => {
        const opened = await openBundle(endless(start, Buffer.alloc(1024, filling)));
        for await (const _ of opened.parts());
      };
      await assert.rejects(read(), anyRefusal);
    }
  assert.ok(asked < 30, `${asked} chunks were read`);
});

test('a file that is something else is no bundle', async () => {
  for (const bytes of [tarHeader('etc/passwd', 100), noise('else', 4096), Buffer.alloc(10_240)])
    await assert.rejects(readAll(bytes), refusal(/^BUNDLE_FORMAT$/));
});

/** A bundle in which one text stands for another of the same length, everywhere. */
function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
}

test('a name that is a path is no name, whatever its sum says', async () => {
  const bytes = await written(small);
  const start = bytes.indexOf(`blobs/sha256/${small.entries[0]?.digest.slice(7)}`);
  for (const name of ['../../../etc/cron.d/x', '/etc/passwd', 'blobs/sha256/../../x', 'a'.repeat(77)]) {
    tarHeader(name, small.entries[0]?.size ?? 0).copy(bytes, start);
    await assert.rejects(readAll(bytes), refusal(/^BUNDLE_DAMAGED$/), name);
  }
});

test('a size that lies is found, of a header, of the table, and of a manifest', async () => {
  const [git, ...others] = small.entries;
  assert.ok(git !== undefined);
  for (const size of [0, git.size - 1, git.size + 1, 8 ** 11]) {
    const lying = { ...small, entries: [{ ...git, size }, ...others] };
    await assert.rejects(written(lying), refusal(/^BUNDLE_IMAGE_MISSING$/));
  }
  const bytes = await written(small);
  const header = bytes.indexOf(`blobs/sha256/${git.digest.slice(7)}`);
  tarHeader(`blobs/sha256/${git.digest.slice(7)}`, git.size + 1).copy(bytes, header);
  await assert.rejects(readAll(bytes), refusal(/^BUNDLE_DAMAGED$/));
});

/** What a hostile writer makes: the frame of other entries than the honest one would have. */
const made = (change: Partial<Sample>) => written({ ...small, ...change });

test('a digest stands once', async () => {
  const twice = [...small.entries, ...small.entries.slice(-1)];
  await assert.rejects(made({ entries: twice }), refusal(/^BUNDLE_FORMAT$/));
});

test('a blob that no image names is refused, and so is a manifest, and what is said to be left out', async () => {
  const stray = noise('stray', 64);
  const blobs = new Map([...small.blobs, [digestOf(stray), stray] as const]);
  const entry = {
    kind: 'blob',
    mediaType: 'application/octet-stream',
    digest: digestOf(stray),
    size: 64,
  } as const;
  const withBlob = await made({ entries: [...small.entries, entry], blobs });
  await assert.rejects(readAll(withBlob), refusal(/^BUNDLE_FORMAT$/));
  const unlisted = await made({ contents: { ...small.contents, images: [] } });
  await assert.rejects(readAll(unlisted), refusal(/^BUNDLE_FORMAT$/));
  const images = small.contents.images.map(image => ({ ...image, leftOut: [digestOf(stray)] }));
  await assert.rejects(
    readAll(await made({ contents: { ...small.contents, images } })),
    refusal(/^BUNDLE_FORMAT$/),
  );
});

test('a layer may be left out where the contents say so, and is missed where they do not', async () => {
  const digest = digestOf(layer);
  const without = sample({ images: [pump], leftOut: [digest] });
  const { blobs } = await readAll(await written(without));
  assert.equal(blobs.has(digest), false);
  const silent = { ...without, contents: small.contents };
  await assert.rejects(readAll(await written(silent)), refusal(/^BUNDLE_IMAGE_MISSING$/));
  const config = pump.configs[0]?.digest ?? '';
  const images = small.contents.images.map(image => ({ ...image, leftOut: [config] }));
  const entries = small.entries.filter(entry => entry.digest !== config);
  const unconfigured = await made({ entries, contents: { ...small.contents, images } });
  await assert.rejects(readAll(unconfigured), refusal(/^BUNDLE_IMAGE_MISSING$/));
});

test('platforms that no device has may be missing, all of them may not', async () => {
  const [git, index, first, second] = small.entries;
  const arm = pump.configs[1];
  const armLayer = pump.layers.at(-1);
  assert.ok(git !== undefined && index !== undefined && first !== undefined && second !== undefined);
  const entries = small.entries.filter(
    ({ digest }) => ![second, arm, armLayer].some(each => each?.digest === digest),
  );
  await readAll(await made({ entries }));
  await assert.rejects(readAll(await made({ entries: [git, index] })), refusal(/^BUNDLE_IMAGE_MISSING$/));
  await assert.rejects(made({ entries: [git] }), refusal(/^BUNDLE_IMAGE_MISSING$/));
});

test('an index that is named as one of an index is refused, in whichever order they stand', async () => {
  const [git, ...parts] = small.entries;
  const [inner] = pump.manifests;
  assert.ok(git !== undefined && inner !== undefined);
  const platform = { os: 'linux', architecture: 'amd64' };
  const named = { mediaType: ociImage, digest: inner.digest, size: inner.size, platform };
  // Each further index like it would be sixty-four times as many.
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: Array(64).fill(named) }));
  const [digest, size] = [digestOf(bytes), bytes.length];
  const outer = { kind: 'manifest', mediaType: ociIndex, digest, size } as const;
  const [image] = small.contents.images;
  assert.ok(image !== undefined);
  const images = inBundleOrder([image, { ...image, image: 'registry.example.com/pump:1.6.0', digest }]);
  const blobs = new Map([...small.blobs, [digest, bytes] as const]);
  const contents = { ...small.contents, images };
  for (const entries of [
    [git, outer, ...parts],
    [git, ...parts.slice(0, 3), outer, ...parts.slice(3)],
  ])
    await assert.rejects(readAll(await made({ entries, blobs, contents })), refusal(/^IMAGE_REFUSED$/));
});

test('manifests that nobody could hold are refused before any of them is read', async () => {
  const entry = (index: number) => {
    const mediaType = ociImage;
    return {
      kind: 'manifest',
      mediaType,
      digest: digestOf(Buffer.from(`${index}`)),
      size: 4 * 2 ** 20,
    } as const;
  };
  const [git] = small.entries;
  assert.ok(git !== undefined);
  const contents = { digest: digestOf(layer), size: 100 };
  const table = (count: number) =>
    writeTable({ contents, entries: [git, ...Array.from({ length: count }, (_, index) => entry(index))] });
  assert.equal(readTable(table(64)).entries.length, 65);
  assert.throws(() => readTable(table(65)), refusal(/^BUNDLE_TOO_LARGE$/));
});

test('another order, no commits, or commits twice are refused', async () => {
  const [git, ...others] = small.entries;
  assert.ok(git !== undefined);
  const second = { ...git, digest: digestOf(layer), size: layer.length, mediaType: gitBundleType };
  for (const entries of [[...others, git], others, [git, second, ...others], [git, ...others.toReversed()]])
    await assert.rejects(made({ entries }), refusal(/^BUNDLE_FORMAT$/));
});

test('a newer format says so', async () => {
  const newer = { ...small.contents, format: 3 } as unknown as typeof small.contents;
  await assert.rejects(readAll(await made({ contents: newer })), (error: unknown) => {
    assert.ok(isTowlineError(error, 'BUNDLE_FORMAT'));
    assert.match(error.message, /newer towline/);
    return true;
  });
});

test('contents that say more, or in another way, are refused', async () => {
  const change = (contents: object) => made({ contents: contents as typeof small.contents });
  const { contents } = small;
  for (const wrong of [
    { ...contents, run: 'rm -rf /' },
    { ...contents, devices: ['pump-18', 'pump-17'] },
    { ...contents, devices: ['pump-17', 'pump-17'] },
    { ...contents, devices: ['../x'] },
    { ...contents, commit: 'main' },
    { ...contents, since: 'HEAD' },
    { ...contents, created: 'now' },
    { ...contents, images: contents.images.map(image => ({ ...image, image: 'a b' })) },
  ])
    await assert.rejects(change(wrong).then(readAll), refusal(/^BUNDLE_FORMAT$/), JSON.stringify(wrong));
});

test('an index.json that names another image, or the same one by another name, is damaged', async () => {
  const bytes = await written(small);
  const index = bytes.subarray(1024, 4096);
  replaced(index, 'pump:1.5.0', 'pump:1.5.1').copy(bytes, 1024);
  await assert.rejects(readAll(bytes), refusal(/^BUNDLE_DAMAGED$/));
});

test('files from 8 GiB on have a header that tar reads', () => {
  const name = `blobs/sha256/${'0'.repeat(64)}`;
  const header = tarHeader(name, 2 ** 35 + 5);
  assert.equal(header[124], 0x80);
  assert.equal(header.readUIntBE(130, 6), 2 ** 35 + 5);
  assert.equal(tarBytes([2 ** 35 + 5]), 2 ** 35 + 2048);
});
