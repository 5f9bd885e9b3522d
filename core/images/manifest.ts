/**
 * What a registry says of an image, within bounds that every engine can live with. Source: OCI Image Specification 1.1;
 * Docker's "Image Manifest V 2, Schema 2".
 */
import { TowlineError } from '../errors.ts';
import { type Fields, fieldsOf, readFields } from '../json.ts';
import { digestPattern } from './digest.ts';
import { platformName } from './platform.ts';

export interface Descriptor {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

export interface Layer extends Descriptor {
  readonly packing: 'none' | 'gzip' | 'zstd';
}

/** One of an index: a manifest for a platform. Signatures and attestations, which have none, are left out. */
export interface PlatformManifest extends Descriptor {
  readonly platform: string;
}

export type Manifest =
  | { readonly kind: 'index'; readonly manifests: readonly PlatformManifest[] }
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Layer[] };

export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const ociImage = 'application/vnd.oci.image.manifest.v1+json';
export const indexTypes = [ociIndex, 'application/vnd.docker.distribution.manifest.list.v2+json'];
export const imageTypes = [ociImage, 'application/vnd.docker.distribution.manifest.v2+json'];
/** Of a manifest and of a configuration, as containerd and Docker have it. */
export const maxManifestBytes = 4 * 1024 * 1024;
export const maxConfigBytes = 8 * 1024 * 1024;
/** Docker stacks no more (layer.maxLayerDepth). */
export const maxLayers = 125;
const maxPlatforms = 64;

const packings: Readonly<Record<string, Layer['packing']>> = {
  'application/vnd.oci.image.layer.v1.tar': 'none',
  'application/vnd.oci.image.layer.v1.tar+gzip': 'gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'zstd',
  'application/vnd.docker.image.rootfs.diff.tar': 'none',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'gzip',
};

function refused(why: string, cause?: unknown): TowlineError {
  return new TowlineError('IMAGE_REFUSED', why, { cause });
}

function descriptorOf(fields: Fields, what: string): Descriptor {
  const { digest, size } = fields;
  if (typeof digest !== 'string' || !digestPattern.test(digest))
    throw refused(`${what} is named by ${JSON.stringify(digest ?? null).slice(0, 100)}, which is no SHA-256`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw refused(`${what} has no size`);
  return { digest, size };
}

function layerOf(value: unknown, index: number): Layer {
  const fields = fieldsOf(value);
  const what = `layer ${index + 1}`;
  const packing = packings[String(fields.mediaType)];
  // A foreign layer is not in this registry: whoever pulls asks a server that the image names.
  const isForeign = /foreign|nondistributable/.test(String(fields.mediaType)) || 'urls' in fields;
  if (isForeign) throw refused(`${what} is a foreign layer, which lies on another server`);
  if (packing === undefined)
    throw refused(
      `${what} is of type ${JSON.stringify(fields.mediaType ?? null).slice(0, 100)}, which is no layer of a file system`,
    );
  return { ...descriptorOf(fields, what), packing };
}

/** `unknown/unknown` is what BuildKit writes for attestations. */
function platformManifests(values: readonly unknown[]): PlatformManifest[] {
  return values.flatMap((value, index): PlatformManifest[] => {
    const fields = fieldsOf(value);
    const { os, architecture, variant } = fieldsOf(fields.platform);
    if (indexTypes.includes(String(fields.mediaType)))
      throw refused(`entry ${index + 1} of the index is an index itself`);
    if (typeof os !== 'string' || typeof architecture !== 'string' || os === 'unknown') return [];
    if (!imageTypes.includes(String(fields.mediaType))) return [];
    const platform = platformName({
      os,
      architecture,
      variant: typeof variant === 'string' ? variant : undefined,
    });
    const manifest = { ...descriptorOf(fields, `entry ${index + 1} of the index`), platform };
    if (manifest.size > maxManifestBytes)
      throw refused(`the manifest for ${platform} is over ${maxManifestBytes} bytes`);
    return [manifest];
  });
}

function indexOf(values: readonly unknown[]): Manifest {
  const manifests = platformManifests(values);
  if (manifests.length === 0) throw refused('the index has no image of any platform');
  if (manifests.length > maxPlatforms) throw refused(`the index has more than ${maxPlatforms} platforms`);
  return { kind: 'index', manifests };
}

/**
 * @param bytes whose digest was compared
 * @throws TowlineError IMAGE_REFUSED
 */
export function readManifest(bytes: Buffer): Manifest {
  let fields: Fields;
  try {
    if (bytes.length > maxManifestBytes) throw new RangeError(`over ${maxManifestBytes} bytes`);
    fields = readFields(bytes.toString('utf8'));
  } catch (cause) {
    throw refused('the manifest is no JSON within bounds', cause);
  }
  const { schemaVersion, manifests, config, layers } = fields;
  if (schemaVersion !== 2) throw refused('the manifest is of schema 1, or none at all');
  if (Array.isArray(manifests) && !('layers' in fields)) return indexOf(manifests);
  if (!Array.isArray(layers) || 'manifests' in fields)
    throw refused('the manifest has neither layers nor manifests, or both');
  if (layers.length > maxLayers)
    throw refused(`it has ${layers.length} layers, more than the ${maxLayers} that an engine stacks`);
  const described = descriptorOf(fieldsOf(config), 'its configuration');
  if (described.size > maxConfigBytes) throw refused(`its configuration is over ${maxConfigBytes} bytes`);
  return { kind: 'image', config: described, layers: layers.map(layerOf) };
}

/**
 * The platform that an image's configuration names.
 * @throws TowlineError IMAGE_REFUSED
 */
export function configPlatform(bytes: Buffer): string {
  let fields: Fields;
  try {
    fields = readFields(bytes.toString('utf8'));
  } catch (cause) {
    throw refused('its configuration is no JSON', cause);
  }
  const { os, architecture, variant } = fields;
  if (typeof os !== 'string' || typeof architecture !== 'string')
    throw refused('its configuration names no platform');
  return platformName({ os, architecture, variant: typeof variant === 'string' ? variant : undefined });
}
