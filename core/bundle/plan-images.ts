/**
 * What belongs into a bundle: devices → images → platforms → manifests and layers, less what all that need a layer have. Asked
 * by the desk with a registry behind it, and by the gateway with its own.
 */
import { TowlineError } from '../errors.ts';
import { digestOf, type PinnedImage } from '../images/digest.ts';
import { type Descriptor, imageTypes, indexTypes, ociImage, ociIndex } from '../images/manifest.ts';
import { fieldsIn } from '../json.ts';
import type { BundleDevice } from './bundle-device.ts';
import { type BundleImage, inBundleOrder } from './contents.ts';
import { ImageParts, type ImageStore, keyOf, type Part, type Stored, wantedOf } from './image-parts.ts';
import type { BundleEntry } from './table.ts';

export interface ImagePlan {
  readonly images: readonly BundleImage[];
  /** Manifests, then configurations, then layers, as `BundleDraft` has them behind the commits. */
  readonly entries: readonly BundleEntry[];
  /** Digest of a manifest → its bytes. */
  readonly manifests: ReadonlyMap<string, Buffer>;
  /** Digest → an image of which it is a part: where to ask for it. */
  readonly owners: ReadonlyMap<string, PinnedImage>;
  /** Bytes that are not in it, since the devices have them. */
  readonly leftOutBytes: number;
}

const blobType = 'application/octet-stream';

const missing = ({ image }: PinnedImage, digest: string) =>
  new TowlineError('BUNDLE_IMAGE_MISSING', `${image}: ${digest} is not at its registry`);

/** Layers of which the device has every byte. What is not known to be there is not. */
async function layersAt({ has, platform }: BundleDevice, parts: ImageParts): Promise<Set<string>> {
  const layers = new Set<string>();
  if (platform === undefined) return layers;
  for (const image of has) {
    const stored = await parts.stored(image);
    for (const digest of stored === undefined ? [] : wantedOf(stored, platform))
      for (const layer of (await parts.part(image, digest))?.manifest.layers ?? []) layers.add(layer.digest);
  }
  return layers;
}

interface Wanted {
  readonly stored: Stored;
  /** Digest → the manifest of a platform. */
  readonly parts: Map<string, Part>;
}

interface Gathered {
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** Layer → whether every device that needs it has it. */
  readonly isHad: ReadonlyMap<string, boolean>;
}

async function gather(devices: readonly BundleDevice[], parts: ImageParts): Promise<Gathered> {
  const wanted = new Map<string, Wanted>();
  const isHad = new Map<string, boolean>();
  for (const device of devices) {
    const had = await layersAt(device, parts);
    for (const image of device.images) {
      const stored = await parts.stored(image);
      if (stored === undefined) throw missing(image, image.digest);
      const entry = wanted.get(keyOf(image)) ?? { stored, parts: new Map<string, Part>() };
      wanted.set(keyOf(image), entry);
      for (const digest of wantedOf(stored, device.platform)) {
        const part = await parts.part(image, digest);
        if (part === undefined) throw missing(image, digest);
        entry.parts.set(digest, part);
        for (const layer of part.manifest.layers)
          isHad.set(layer.digest, (isHad.get(layer.digest) ?? true) && had.has(layer.digest));
      }
    }
  }
  return { wanted, isHad };
}

function manifestEntry(bytes: Buffer): BundleEntry {
  const { mediaType, manifests } = fieldsIn(bytes);
  const said = [...indexTypes, ...imageTypes].find(type => type === mediaType);
  const type = said ?? (manifests === undefined ? ociImage : ociIndex);
  return { kind: 'manifest', mediaType: type, digest: digestOf(bytes), size: bytes.length };
}

const blobEntry = ({ digest, size }: Descriptor): BundleEntry => ({
  kind: 'blob',
  mediaType: blobType,
  digest,
  size,
});

/** In the order of a bundle; what several images share stands once. */
class Table {
  readonly owners = new Map<string, PinnedImage>();
  readonly manifests = new Map<string, Buffer>();
  readonly #entries: BundleEntry[] = [];

  add(image: PinnedImage, entry: BundleEntry, bytes?: Buffer): void {
    if (bytes !== undefined) this.manifests.set(entry.digest, bytes);
    if (this.owners.has(entry.digest)) return;
    this.owners.set(entry.digest, image);
    this.#entries.push(entry);
  }

  get entries(): BundleEntry[] {
    const blobs = this.#entries.filter(({ kind }) => kind === 'blob');
    return [...this.#entries.filter(({ kind }) => kind === 'manifest'), ...blobs];
  }
}

/**
 * @param isComplete nothing is left out, whatever the devices have
 * @throws TowlineError BUNDLE_IMAGE_MISSING, IMAGE_PLATFORM_MISSING, IMAGE_REFUSED; what the store throws
 */
export async function planImages(
  devices: readonly BundleDevice[],
  store: ImageStore,
  { isComplete }: { readonly isComplete: boolean },
): Promise<ImagePlan> {
  const known = isComplete ? devices.map(device => ({ ...device, has: [] })) : devices;
  const { wanted, isHad } = await gather(known, new ImageParts(store));
  const leftOut = new Map<string, number>();
  const images = inBundleOrder(
    [...wanted.values()].map(({ stored: { image }, parts }) => {
      if (parts.size === 0)
        throw new TowlineError(
          'IMAGE_PLATFORM_MISSING',
          `${image.image} is for no platform of a device of the bundle`,
        );
      const layers = [...parts.values()].flatMap(({ manifest }) => manifest.layers);
      const had = layers.filter(({ digest }) => isHad.get(digest) === true);
      for (const { digest, size } of had) leftOut.set(digest, size);
      const { image: name, digest } = image;
      return { image: name, digest, leftOut: [...new Set(had.map(layer => layer.digest))].sort() };
    }),
  );
  const inOrder = images.map(image => wanted.get(keyOf(image))).filter(each => each !== undefined);
  const table = new Table();
  for (const { stored, parts } of inOrder) {
    table.add(stored.image, manifestEntry(stored.bytes), stored.bytes);
    for (const { bytes } of parts.values()) table.add(stored.image, manifestEntry(bytes), bytes);
  }
  const each = inOrder.flatMap(({ stored: { image }, parts }) =>
    [...parts.values()].map(({ manifest }) => ({ image, manifest })),
  );
  for (const { image, manifest } of each) table.add(image, blobEntry(manifest.config));
  for (const { image, manifest } of each)
    for (const layer of manifest.layers) if (!leftOut.has(layer.digest)) table.add(image, blobEntry(layer));
  const leftOutBytes = [...leftOut.values()].reduce((sum, size) => sum + size, 0);
  const { owners, manifests, entries } = table;
  return { images, entries, manifests, owners, leftOutBytes };
}
