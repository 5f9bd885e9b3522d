/**
 * The table of a bundle: Towline's own manifest, which names every blob in order, and the index in front of it, which follows
 * from it. Source: OCI Image Specification 1.1, "Guidelines for Artifact Usage" and "Image Layout".
 */
import { canonicalJson } from '../canonical-json.ts';
import { TowlineError } from '../errors.ts';
import { digestOf, digestPattern } from '../images/digest.ts';
import {
  type Descriptor,
  imageTypes,
  indexTypes,
  maxManifestBytes,
  ociImage,
  ociIndex,
} from '../images/manifest.ts';
import { type Fields, fieldsOf, readFields } from '../json.ts';
import type { BundleContents } from './contents.ts';

export interface BundleEntry extends Descriptor {
  /** `git`: a bundle that git itself reads. `manifest`: an index or manifest of an image. `blob`: a configuration or a layer. */
  readonly kind: 'git' | 'manifest' | 'blob';
  readonly mediaType: string;
}

export interface BundleTable {
  readonly contents: Descriptor;
  /** The git bundle, then manifests, an index before what it names, then blobs. Each digest once. */
  readonly entries: readonly BundleEntry[];
}

export const layoutFile = Buffer.from('{"imageLayoutVersion":"1.0.0"}');
export const gitBundleType = 'application/vnd.towline.git-bundle';
const artifactType = 'application/vnd.towline.bundle.v1';
const contentsType = 'application/vnd.towline.bundle.contents.v1+json';
/** Of index, table and contents, each. */
export const maxTableBytes = maxManifestBytes;
/** Of all manifests: who shows them holds them. */
const maxManifestsBytes = 256 * 1024 * 1024;
/** Of one layer or of the commits. */
export const maxPartBytes = 2 ** 40;

const manifestTypes = new Set([...indexTypes, ...imageTypes]);
const typePattern = /^application\/[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;
const kindOrder = { git: 0, manifest: 1, blob: 2 };

const wrong = (why: string, cause?: unknown) =>
  new TowlineError('BUNDLE_FORMAT', `the table of the bundle: ${why}`, { cause });

const kindOf = (mediaType: string): BundleEntry['kind'] =>
  mediaType === gitBundleType ? 'git' : manifestTypes.has(mediaType) ? 'manifest' : 'blob';

/** Name of a blob in the tar. A name is made of a digest, never read as a path. */
export const blobName = (digest: string): string => `blobs/sha256/${digest.slice('sha256:'.length)}`;

function descriptorOf(value: unknown): BundleEntry {
  const { mediaType, digest, size } = fieldsOf(value);
  if (typeof mediaType !== 'string' || !typePattern.test(mediaType)) throw wrong('a type is none');
  if (typeof digest !== 'string' || !digestPattern.test(digest)) throw wrong('a digest is none');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw wrong('a size is none');
  const kind = kindOf(mediaType);
  if (size > (kind === 'manifest' ? maxTableBytes : maxPartBytes))
    throw new TowlineError('BUNDLE_TOO_LARGE', `${digest} says that it has ${size} bytes`);
  return { kind, mediaType, digest, size };
}

function assertOrder(entries: readonly BundleEntry[], contents: Descriptor): void {
  if (entries[0]?.kind !== 'git' || entries[1]?.kind === 'git')
    throw wrong('it has no commits, or two of them');
  const digests = new Set([contents.digest, ...entries.map(({ digest }) => digest)]);
  if (digests.size !== entries.length + 1) throw wrong('a digest stands in it twice');
  const manifestBytes = entries.reduce((sum, { kind, size }) => sum + (kind === 'manifest' ? size : 0), 0);
  if (manifestBytes > maxManifestsBytes)
    throw new TowlineError('BUNDLE_TOO_LARGE', `its manifests have ${manifestBytes} bytes`);
  const kinds = entries.map(({ kind }) => kindOrder[kind]);
  if (kinds.some((kind, index) => kind < (kinds[index - 1] ?? 0))) throw wrong('it is not in order');
}

export function writeTable({ contents, entries }: BundleTable): Buffer {
  const { digest, size } = contents;
  return Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: ociImage,
      artifactType,
      config: { mediaType: contentsType, digest, size },
      layers: entries.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    }),
  );
}

function fieldsIn(bytes: Buffer): Fields {
  try {
    return readFields(bytes.toString('utf8'));
  } catch (cause) {
    throw wrong('it is no JSON', cause);
  }
}

/**
 * @param bytes whose digest was compared
 * @throws TowlineError BUNDLE_FORMAT, BUNDLE_TOO_LARGE
 */
export function readTable(bytes: Buffer): BundleTable {
  const fields = fieldsIn(bytes);
  if (fields.artifactType !== artifactType)
    throw wrong(
      `it is of type ${JSON.stringify(fields.artifactType ?? null).slice(0, 100)}, not ${artifactType}`,
    );
  if (!Array.isArray(fields.layers)) throw wrong('it names nothing');
  const { digest, size } = descriptorOf(fields.config);
  if (size > maxTableBytes) throw new TowlineError('BUNDLE_TOO_LARGE', `the contents have ${size} bytes`);
  const table = { contents: { digest, size }, entries: fields.layers.map(descriptorOf) };
  assertOrder(table.entries, table.contents);
  if (!writeTable(table).equals(bytes)) throw wrong('it says more than it may, or in another way');
  return table;
}

/**
 * index.json: the table, then the images by the names that `skopeo inspect oci-archive:FILE:NAME` takes.
 * @param table as `writeTable` has it
 * @throws TowlineError BUNDLE_IMAGE_MISSING for an image of the contents whose manifest is not in the table
 */
export function writeIndex(table: Buffer, entries: readonly BundleEntry[], contents: BundleContents): Buffer {
  const known = new Map(entries.map(entry => [entry.digest, entry]));
  const images = contents.images.map(({ image, digest }) => {
    const entry = known.get(digest);
    if (entry?.kind !== 'manifest')
      throw new TowlineError('BUNDLE_IMAGE_MISSING', `${image} (${digest}) is not in the bundle`);
    const annotations = { 'org.opencontainers.image.ref.name': image };
    return { mediaType: entry.mediaType, digest, size: entry.size, annotations };
  });
  const own = { mediaType: ociImage, artifactType, digest: digestOf(table), size: table.length };
  return Buffer.from(canonicalJson({ schemaVersion: 2, mediaType: ociIndex, manifests: [own, ...images] }));
}

/**
 * Where the table is, by an index.json that is compared as a whole once what it follows from was read.
 * @throws TowlineError BUNDLE_FORMAT
 */
export function tableOfIndex(index: Buffer): Descriptor {
  const { manifests } = fieldsIn(index);
  const [first] = Array.isArray(manifests) ? manifests : [];
  const { digest, size } = descriptorOf(first);
  if (fieldsOf(first).artifactType !== artifactType)
    throw wrong(
      'it is not the first of index.json: this is another archive of images, or of a newer towline',
    );
  return { digest, size };
}
