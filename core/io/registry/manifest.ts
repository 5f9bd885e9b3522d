/** What a manifest or an index of an image names. Source: OCI Image Specification 1.1; Docker's manifest v2, schema 2. */
import { digestPattern } from '../../images/digest.ts';
import { imageTypes, indexTypes, ociImage, ociIndex } from '../../images/manifest.ts';
import { fieldsOf, isFields } from '../../json.ts';

export interface Descriptor {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** A manifest leads to others; a blob to nothing. */
  readonly kind: 'manifest' | 'blob';
}

export interface Manifest {
  readonly mediaType: string;
  readonly children: readonly Descriptor[];
}

/** No image has more layers, no index more platforms. */
const maxChildren = 10_000;
const maxBlobBytes = 2 ** 40;

/** Indexes first: a release is for every architecture. */
export const manifestTypes: readonly string[] = [...indexTypes, ...imageTypes];

function descriptor(value: unknown, kind: Descriptor['kind']): Descriptor | undefined {
  const { digest, size } = fieldsOf(value);
  if (typeof digest !== 'string' || !digestPattern.test(digest)) return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > maxBlobBytes)
    return undefined;
  return { digest, size, kind };
}

/**
 * @param bytes whose digest was checked
 * @returns undefined for what is no manifest of ours: no JSON, another form, a descriptor with another algorithm than
 *   SHA-256 or without a size, too much of it
 */
export function readManifest(bytes: Uint8Array): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isFields(value)) return undefined;
  const { mediaType, manifests, config, layers } = value;
  const isIndex = Array.isArray(manifests);
  if (!isIndex && (!isFields(config) || !Array.isArray(layers))) return undefined;
  const named: readonly unknown[] = isIndex ? manifests : [config, ...(Array.isArray(layers) ? layers : [])];
  if (named.length > maxChildren) return undefined;
  const children = named.map(each => descriptor(each, isIndex ? 'manifest' : 'blob'));
  const said = manifestTypes.find(type => type === mediaType);
  if (mediaType !== undefined && said === undefined) return undefined;
  const found = children.filter(child => child !== undefined);
  if (found.length < children.length) return undefined;
  return { mediaType: said ?? (isIndex ? ociIndex : ociImage), children: found };
}
