/** A bundle made of nothing but bytes: an image for two platforms, and what stands for the commits. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type BundleContents, type BundleImage, inBundleOrder } from '../../../core/bundle/contents.ts';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { type BundleEntry, gitBundleType } from '../../../core/bundle/table.ts';
import { type BundleDraft, writeBundle } from '../../../core/bundle/write-bundle.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { digestOf } from '../../../core/images/digest.ts';
import { ociImage, ociIndex } from '../../../core/images/manifest.ts';

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

export interface SampleImage {
  readonly image: string;
  readonly digest: string;
  /** Digest → bytes, of everything. */
  readonly blobs: ReadonlyMap<string, Buffer>;
  readonly manifests: readonly BundleEntry[];
  readonly configs: readonly BundleEntry[];
  readonly layers: readonly BundleEntry[];
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** @param layers of each platform, their bytes */
export function sampleImage(
  image: string,
  platforms: Readonly<Record<string, readonly Buffer[]>>,
): SampleImage {
  const blobs = new Map<string, Buffer>();
  const entry = (kind: BundleEntry['kind'], mediaType: string, bytes: Buffer): BundleEntry => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { kind, mediaType, digest, size: bytes.length };
  };
  const descriptor = ({ mediaType, digest, size }: BundleEntry) => ({ mediaType, digest, size });
  const each = Object.entries(platforms).map(([platform, files]) => {
    const [os = '', architecture = ''] = platform.split('/');
    const config = entry('blob', 'application/vnd.oci.image.config.v1+json', json({ os, architecture }));
    const layers = files.map(bytes => entry('blob', layerType, bytes));
    const named = { config: descriptor(config), layers: layers.map(descriptor) };
    const manifest = entry('manifest', ociImage, json({ schemaVersion: 2, mediaType: ociImage, ...named }));
    return { config, layers, manifest, platform: { os, architecture } };
  });
  const manifests = each.map(({ manifest, platform }) => ({ ...descriptor(manifest), platform }));
  const index = entry('manifest', ociIndex, json({ schemaVersion: 2, mediaType: ociIndex, manifests }));
  return {
    image,
    digest: index.digest,
    blobs,
    manifests: [index, ...each.map(({ manifest }) => manifest)],
    configs: each.map(({ config }) => config),
    layers: each.flatMap(({ layers }) => layers),
  };
}

export interface Sample extends BundleDraft {
  readonly blobs: ReadonlyMap<string, Buffer>;
}

const unique = (entries: readonly BundleEntry[]) => [
  ...new Map(entries.map(entry => [entry.digest, entry])).values(),
];

export interface SampleOptions {
  readonly images: readonly SampleImage[];
  readonly commits?: Buffer;
  readonly contents?: Partial<BundleContents>;
  /** Digests of layers. */
  readonly leftOut?: readonly string[];
}

export function sample({ images, commits, contents, leftOut = [] }: SampleOptions): Sample {
  const git = commits ?? Buffer.from('# v2 git bundle\n');
  const blobs = new Map(images.flatMap(image => [...image.blobs]));
  blobs.set(digestOf(git), git);
  const listed = images.map(
    ({ image, digest, layers }): BundleImage => ({
      image,
      digest,
      leftOut: leftOut.filter(layer => layers.some(each => each.digest === layer)).sort(),
    }),
  );
  const entries = unique([
    { kind: 'git', mediaType: gitBundleType, digest: digestOf(git), size: git.length },
    ...images.flatMap(({ manifests }) => manifests),
    ...images.flatMap(({ configs }) => configs),
    ...images.flatMap(({ layers }) => layers),
  ]).filter(({ digest }) => !leftOut.includes(digest));
  return {
    contents: {
      format: 1,
      fleet: 'north-sea',
      created: '2026-11-29T17:00:00Z',
      devices: ['pump-17', 'pump-18'],
      commit: 'a'.repeat(40),
      images: inBundleOrder(listed),
      ...contents,
    },
    entries,
    blobs,
  };
}

export async function* chunksOf(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function written({ blobs, ...draft }: Sample): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const bytesOf = ({ digest }: BundleEntry) => chunksOf(blobs.get(digest) ?? Buffer.alloc(0));
  for await (const chunk of writeBundle({ ...draft, bytesOf })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Bytes that look random and are the same each time. */
export function noise(seed: string, size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, index) =>
    createHash('sha256').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

export function flipped(bytes: Buffer, place: number, bits: number): Buffer {
  const damaged = Buffer.from(bytes);
  damaged.writeUInt8(damaged.readUInt8(place) ^ bits, place);
  return damaged;
}

export const refusal = (code: RegExp) => (error: unknown) => isTowlineError(error) && code.test(error.code);
export const anyRefusal = refusal(/^(?:BUNDLE_[A-Z_]+|IMAGE_REFUSED)$/);

/** As `assert.rejects`, for thousands of them. */
export async function refused(bytes: Buffer, place: number): Promise<void> {
  try {
    const opened = await openBundle(chunksOf(bytes));
    for await (const _ of opened.parts());
  } catch (error) {
    assert.ok(anyRefusal(error), `${place}: ${error}`);
    return;
  }
  assert.fail(`byte ${place} may be another`);
}
