/** A bundle as it is written: everything but the parts themselves follows from contents and table. */
import { createHash } from 'node:crypto';
import { TowlineError } from '../errors.ts';
import { digestOf } from '../images/digest.ts';
import type { Descriptor } from '../images/manifest.ts';
import { type BundleContents, writeContents } from './contents.ts';
import { type BundleEntry, blobName, layoutFile, readTable, writeIndex, writeTable } from './table.ts';
import { endBytes, paddingOf, tarBytes, tarHeader } from './tar-header.ts';

export interface BundleDraft {
  readonly contents: BundleContents;
  /** As `BundleTable` has them. */
  readonly entries: readonly BundleEntry[];
}

export interface BundleSource extends BundleDraft {
  /** The bytes of one of the entries, asked for in order, one at a time. */
  readonly bytesOf: (entry: BundleEntry) => AsyncIterable<Uint8Array>;
}

interface Frame {
  readonly index: Buffer;
  readonly table: Buffer;
  readonly contents: Buffer;
}

/** @throws TowlineError BUNDLE_FORMAT, BUNDLE_TOO_LARGE for a draft that no reader would take */
function frameOf({ contents, entries }: BundleDraft): Frame {
  const contentsBytes = writeContents(contents);
  const named = { digest: digestOf(contentsBytes), size: contentsBytes.length };
  const table = writeTable({ contents: named, entries });
  readTable(table);
  return { index: writeIndex(table, entries, contents), table, contents: contentsBytes };
}

/** Bytes of the whole file. @throws as `writeBundle` */
export function bundleBytes(draft: BundleDraft): number {
  const { index, table, contents } = frameOf(draft);
  const sizes = [layoutFile, index, table, contents].map(({ length }) => length);
  return tarBytes([...sizes, ...draft.entries.map(({ size }) => size)]);
}

async function* checked(
  { digest, size }: Descriptor,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.length;
    if (count > size) break;
    hash.update(chunk);
    yield chunk;
  }
  if (count !== size || `sha256:${hash.digest('hex')}` !== digest)
    throw new TowlineError('BUNDLE_IMAGE_MISSING', `what came as ${digest} is not what it is named`);
}

function* file(name: string, bytes: Uint8Array): Generator<Uint8Array> {
  yield tarHeader(name, bytes.length);
  yield bytes;
  yield Buffer.alloc(paddingOf(bytes.length));
}

/**
 * All bytes of a bundle, one after another; what is asked of `bytesOf` is compared with its name as it passes.
 * @throws TowlineError BUNDLE_IMAGE_MISSING, BUNDLE_FORMAT, BUNDLE_TOO_LARGE; what `bytesOf` throws
 */
export async function* writeBundle(source: BundleSource): AsyncGenerator<Uint8Array> {
  const { index, table, contents } = frameOf(source);
  yield* file('oci-layout', layoutFile);
  yield* file('index.json', index);
  yield* file(blobName(digestOf(table)), table);
  yield* file(blobName(digestOf(contents)), contents);
  for (const entry of source.entries) {
    yield tarHeader(blobName(entry.digest), entry.size);
    yield* checked(entry, source.bytesOf(entry));
    yield Buffer.alloc(paddingOf(entry.size));
  }
  yield Buffer.alloc(endBytes);
}
