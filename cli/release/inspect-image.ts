/** What a release says of an image: the digest of its index, and what it takes on each platform. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { configPlatform, type Layer, type Manifest, readManifest } from '../../core/images/manifest.ts';
import { taken } from '../../core/images/platform.ts';
import type { Signed } from '../../core/images/signing/judge.ts';
import type { Publishers } from '../../core/images/signing/publishers.ts';
import type { RegistryClient } from '../../core/io/registry/client.ts';
import { type ImageReference, parseReference } from '../../core/io/registry/reference.ts';
import type { ReleaseFile } from '../../schemas/types.generated.ts';
import { checkedSignature } from './check-signature.ts';
import type { LayerSizes } from './layer-sizes.ts';

type Image = Extract<Manifest, { kind: 'image' }>;
type Platforms = NonNullable<ReleaseFile['images'][string]['platforms']>;

export interface Inspected {
  readonly digest: string;
  readonly platforms: Platforms;
  /** Absent: nobody asks for a signature. */
  readonly signed?: Signed;
}

interface Inspection {
  readonly client: RegistryClient;
  readonly layers: LayerSizes;
  /** Whose signatures images must have; undefined: nobody asks for any. */
  readonly publishers: Publishers | undefined;
  /** Platforms of devices: what these take is unpacked. */
  readonly devices: readonly string[];
  readonly onLayer: (image: string, layer: Layer) => void;
}

/** Each platform of the image, with its manifest. */
async function imagesOf(
  client: RegistryClient,
  reference: ImageReference,
  bytes: Buffer,
): Promise<Map<string, Image>> {
  const top = readManifest(bytes);
  if (top.kind === 'image')
    return new Map([[configPlatform(await client.smallBlob(reference, top.config)), top]]);
  const images = new Map<string, Image>();
  for (const { platform, digest } of top.manifests) {
    // The first of a platform is what engines take.
    if (images.has(platform)) continue;
    const found = await client.manifest({ ...reference, tag: undefined, digest });
    const manifest = readManifest(found.bytes);
    if (manifest.kind !== 'image')
      throw new TowlineError('IMAGE_REFUSED', `what the index has for ${platform} is no image`);
    images.set(platform, manifest);
  }
  return images;
}

/** A layer that stands twice in an image is pulled once. */
const distinct = (layers: readonly Layer[]): Layer[] => [
  ...new Map(layers.map(layer => [layer.digest, layer])).values(),
];

async function unpackedSize(
  { client, layers, onLayer }: Inspection,
  image: string,
  manifest: Image,
): Promise<number | undefined> {
  let sum = 0;
  for (const layer of distinct(manifest.layers)) {
    if (!layers.has(layer)) onLayer(image, layer);
    const size = await layers.of(layer, () => client.blob(parseReference(image), layer));
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

/**
 * @param image as the Compose file names it
 * @throws TowlineError IMAGE_REFUSED, IMAGE_UNSIGNED, IMAGE_SIGNATURE_…, CLI_REGISTRY_UNREACHABLE, CLI_REGISTRY_REFUSED,
 *   CLI_REGISTRY_ANSWER
 */
export async function inspectImage(inspection: Inspection, image: string): Promise<Inspected> {
  const { client, devices, publishers } = inspection;
  const reference = parseReference(image);
  const { digest, bytes } = await client.manifest(reference);
  const signed = publishers && (await checkedSignature(client, publishers, { image, digest }, bytes));
  try {
    const images = await imagesOf(client, { ...reference, digest }, bytes);
    const needed = new Set(devices.map(device => taken(device, images.keys())));
    const platforms: Platforms = {};
    for (const [platform, manifest] of [...images].sort(([left], [right]) => (left < right ? -1 : 1))) {
      const parts = [manifest.config, ...distinct(manifest.layers)];
      const download = parts.reduce((sum, { size }) => sum + size, 0);
      const unpacked = needed.has(platform) ? await unpackedSize(inspection, image, manifest) : undefined;
      platforms[platform] = { download, ...(unpacked === undefined ? {} : { unpacked }) };
    }
    return { digest, platforms, ...(signed === undefined ? {} : { signed }) };
  } catch (error) {
    if (!isTowlineError(error, 'IMAGE_REFUSED')) throw error;
    throw new TowlineError(error.code, `${image}: ${error.message}`, { cause: error });
  }
}
