/**
 * Reads a bundle as it comes: whole headers, padding and tables are compared with what would have been written, blobs with
 * their digests, so that no byte may be another. What it holds is trusted for nothing.
 */
import { createHash } from 'node:crypto';
import { isTowlineError } from '../errors.ts';
import { digestOf } from '../images/digest.ts';
import type { Descriptor } from '../images/manifest.ts';
import { ByteSource } from './byte-source.ts';
import { type BundleContents, readContents } from './contents.ts';
import { assertBundle } from './first-block.ts';
import { NamedParts } from './named-parts.ts';
import {
  type BundleEntry,
  blobName,
  layoutFile,
  maxTableBytes,
  readTable,
  tableOfIndex,
  writeIndex,
} from './table.ts';
import { blockBytes, endBytes, paddingOf, tarBytes, tarHeader } from './tar-header.ts';

export interface BundlePart extends BundleEntry {
  /** To be read once, before the next part is asked for; what is not read is checked all the same. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface OpenBundle {
  readonly contents: BundleContents;
  /** All that will come, in order. */
  readonly entries: readonly BundleEntry[];
  /** Bytes of the whole file. */
  readonly size: number;
  /**
   * In order, each once. It completes only where every part came and nothing follows the end.
   * @throws TowlineError BUNDLE_DAMAGED, BUNDLE_FORMAT, BUNDLE_IMAGE_MISSING, IMAGE_REFUSED
   */
  parts(): AsyncGenerator<BundlePart>;
}

async function header(source: ByteSource, name: string, size: number): Promise<void> {
  await source.expect(tarHeader(name, size), `the header of ${name}`);
}

async function padding(source: ByteSource, size: number): Promise<void> {
  await source.expect(Buffer.alloc(paddingOf(size)), 'what fills up the block');
}

/** A blob of the frame, whole. */
async function framed(source: ByteSource, { digest, size }: Descriptor): Promise<Buffer> {
  if (size > maxTableBytes) throw source.damaged(`${digest} says that it has ${size} bytes`);
  await header(source, blobName(digest), size);
  const start = source.position;
  const bytes = await source.read(size);
  if (digestOf(bytes) !== digest) throw source.damaged('the hash is another', start);
  await padding(source, size);
  return bytes;
}

const octalSize = /^[0-7]{11}\0$/;

/** index.json names its own size in its header only. */
async function readIndex(source: ByteSource): Promise<Buffer> {
  const start = source.position;
  const found = await source.read(blockBytes);
  const text = found.toString('latin1', 124, 136);
  const size = octalSize.test(text) ? Number.parseInt(text, 8) : 0;
  if (!found.equals(tarHeader('index.json', size)) || size === 0 || size > maxTableBytes)
    throw source.damaged('the header of index.json is not as it must be', start);
  const bytes = await source.read(size);
  await padding(source, size);
  return bytes;
}

/** The bytes of a part; its hash is compared once they have all passed. */
async function* hashed(source: ByteSource, { digest, size }: Descriptor): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const start = source.position;
  for await (const chunk of source.take(size)) {
    hash.update(chunk);
    yield chunk;
  }
  if (`sha256:${hash.digest('hex')}` !== digest)
    throw source.damaged(`the ${size} bytes from here on do not hash to ${digest}`, start);
}

/** Whoever stops reading in the middle leaves the rest to be checked. */
function unclosed(bytes: AsyncGenerator<Uint8Array>): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ({ next: () => bytes.next() }) };
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* readParts(
  source: ByteSource,
  { contents, entries }: Pick<OpenBundle, 'contents' | 'entries'>,
): AsyncGenerator<BundlePart> {
  const named = new NamedParts(contents, entries);
  for (const entry of entries) {
    if (entry.kind === 'manifest') {
      const bytes = await framed(source, entry);
      named.manifest(entry, bytes);
      yield { ...entry, bytes: single(bytes) };
      continue;
    }
    if (entry.kind === 'blob') named.assertWhole();
    await header(source, blobName(entry.digest), entry.size);
    const bytes = hashed(source, entry);
    yield { ...entry, bytes: unclosed(bytes) };
    for await (const _ of bytes);
    await padding(source, entry.size);
  }
  named.assertWhole();
  await source.expect(Buffer.alloc(endBytes), 'the end');
  await source.end();
}

/**
 * Reads up to and including the contents.
 * @throws TowlineError BUNDLE_FORMAT for what is no bundle or a newer one, BUNDLE_DAMAGED, BUNDLE_TOO_LARGE,
 *   BUNDLE_IMAGE_MISSING; what the input throws
 */
export async function openBundle(input: AsyncIterable<Uint8Array>): Promise<OpenBundle> {
  const source = new ByteSource(input);
  try {
    return await readFrame(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function readFrame(source: ByteSource): Promise<OpenBundle> {
  await assertBundle(source);
  await source.expect(layoutFile, 'oci-layout');
  await padding(source, layoutFile.length);
  const start = source.position + blockBytes;
  const index = await readIndex(source);
  const place = placeOf(source, index, start);
  const tableBytes = await framed(source, place);
  const table = readTable(tableBytes);
  const contents = readContents(await framed(source, table.contents));
  const { entries } = table;
  if (!writeIndex(tableBytes, entries, contents).equals(index))
    throw source.damaged('index.json does not name what is in the bundle', start);
  const parts = async function* () {
    try {
      yield* readParts(source, { contents, entries });
    } finally {
      await source.close();
    }
  };
  const frame = [layoutFile.length, index.length, place.size, table.contents.size];
  const size = tarBytes([...frame, ...entries.map(entry => entry.size)]);
  return { contents, entries, size, parts };
}

/** A damaged index.json is more likely than one of another program. */
function placeOf(source: ByteSource, index: Buffer, start: number): Descriptor {
  try {
    return tableOfIndex(index);
  } catch (cause) {
    if (isTowlineError(cause, 'BUNDLE_FORMAT') && index.includes('vnd.towline.bundle.v1'))
      throw source.damaged('index.json is none', start);
    throw cause;
  }
}
