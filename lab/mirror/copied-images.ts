/** Images of production in a lab's registry, by their digests: of an index the manifest that this machine's engine takes. */
import type { ImageStore as Manifests } from '../../core/bundle/image-parts.ts';
import { ImageParts, wantedOf } from '../../core/bundle/image-parts.ts';
import { TowlineError } from '../../core/errors.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import type { Descriptor } from '../../core/images/manifest.ts';
import type { WantedImage } from './plan-keys.ts';
import type { RegistryStorage } from './registry-storage.ts';

/** Where images are taken from: a registry that this machine reaches, or a bundle. */
export interface ImageOrigin extends Manifests {
  blob(image: PinnedImage, blob: Descriptor): AsyncIterable<Uint8Array>;
}

export interface Copying {
  readonly from: ImageOrigin;
  readonly to: RegistryStorage;
  /** As image indexes have it: `linux/amd64`. */
  readonly platform: string;
  readonly signal: AbortSignal;
}

/** `registry.acme.com/pump/web` → `pump/web`. */
export const pathOf = (repository: string): string => repository.slice(repository.indexOf('/') + 1);

async function copyImage(
  { repository, digest }: WantedImage,
  parts: ImageParts,
  copying: Copying,
): Promise<boolean> {
  const { from, to, platform, signal } = copying;
  const image = { image: repository, digest };
  const stored = await parts.stored(image);
  const taken = stored === undefined ? [] : wantedOf(stored, platform);
  for (const each of taken) {
    const part = await parts.part(image, each);
    if (part === undefined) return false;
    for (const blob of [part.manifest.config, ...part.manifest.layers]) {
      signal.throwIfAborted();
      await to.putBlob(pathOf(repository), blob.digest, from.blob(image, blob));
    }
    await to.putManifest(pathOf(repository), part.digest, part.bytes);
  }
  if (stored === undefined || taken.length === 0) return false;
  await to.putManifest(pathOf(repository), digest, stored.bytes);
  return true;
}

/**
 * @throws TowlineError MIRROR_IMAGES with all that are not there, or not for this machine's processor; what a registry answers
 */
export async function copyImages(images: readonly WantedImage[], copying: Copying): Promise<void> {
  const parts = new ImageParts(copying.from);
  const missing: string[] = [];
  for (const image of images) {
    copying.signal.throwIfAborted();
    if (!(await copyImage(image, parts, copying))) missing.push(`${image.repository}@${image.digest}`);
  }
  if (missing.length === 0) return;
  const shown = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  throw new TowlineError('MIRROR_IMAGES', `not there, or not for ${copying.platform}: ${shown}${more}`, {
    details: { missing },
  });
}
