/** Manifests of images as they lie in a registry, each read once, and which of them an engine takes. */
import { TowlineError } from '../errors.ts';
import { digestOf, type PinnedImage } from '../images/digest.ts';
import { type Manifest, type PlatformManifest, readManifest } from '../images/manifest.ts';
import { taken } from '../images/platform.ts';

/** Where images are taken from. */
export interface ImageStore {
  /**
   * An index or a manifest of a repository, by its digest.
   * @returns undefined: there is none (any more)
   */
  manifest(image: PinnedImage, digest: string): Promise<Buffer | undefined>;
}

type Image = Extract<Manifest, { kind: 'image' }>;

export interface Part {
  readonly digest: string;
  readonly bytes: Buffer;
  readonly manifest: Image;
}

/** One image as it lies there. */
export interface Stored {
  readonly image: PinnedImage;
  readonly bytes: Buffer;
  /** Platforms; undefined where the digest names one manifest instead of an index. */
  readonly platforms: readonly PlatformManifest[] | undefined;
}

export const keyOf = ({ image, digest }: PinnedImage) => `${image} ${digest}`;
/** Reads manifests, each once. */
export class ImageParts {
  readonly #store: ImageStore;
  readonly #stored = new Map<string, Stored | undefined>();
  readonly #parts = new Map<string, Part | undefined>();

  constructor(store: ImageStore) {
    this.#store = store;
  }

  async #bytes(image: PinnedImage, digest: string): Promise<Buffer | undefined> {
    const bytes = await this.#store.manifest(image, digest);
    if (bytes === undefined || digestOf(bytes) === digest) return bytes;
    throw new TowlineError(
      'BUNDLE_IMAGE_MISSING',
      `${image.image}: what came as ${digest} is not what it is named`,
    );
  }

  async stored(image: PinnedImage): Promise<Stored | undefined> {
    const key = keyOf(image);
    if (this.#stored.has(key)) return this.#stored.get(key);
    const bytes = await this.#bytes(image, image.digest);
    const manifest = bytes && readManifest(bytes);
    const platforms = manifest?.kind === 'index' ? manifest.manifests : undefined;
    const stored = bytes && { image, bytes, platforms };
    this.#stored.set(key, stored);
    return stored;
  }

  /** The manifest of one platform. */
  async part(image: PinnedImage, digest: string): Promise<Part | undefined> {
    if (this.#parts.has(digest)) return this.#parts.get(digest);
    const bytes = await this.#bytes(image, digest);
    const manifest = bytes && readManifest(bytes);
    if (manifest?.kind === 'index')
      throw new TowlineError('IMAGE_REFUSED', `${image.image}: ${digest} is an index in an index`);
    const part = bytes && manifest && { digest, bytes, manifest };
    this.#parts.set(digest, part);
    return part;
  }
}

/** Digests of the manifests that an engine of the platform takes; of an unknown one all. The first of a platform counts. */
export function wantedOf({ image, platforms }: Stored, platform: string | undefined): string[] {
  if (platforms === undefined) return [image.digest];
  const offered = new Map(platforms.toReversed().map(each => [each.platform, each.digest]));
  if (platform === undefined) return [...offered.values()];
  const name = taken(platform, offered.keys());
  return name === undefined ? [] : [offered.get(name) ?? ''];
}
