/** Where a lab has the images of production from. */
import { TowlineError } from '../../core/errors.ts';
import { enginePlatform } from '../../core/images/platform.ts';
import { copyImages, type ImageOrigin } from './copied-images.ts';
import { makeStandIns } from './made-stand-ins.ts';
import type { WantedImage } from './plan-keys.ts';
import { RegistryStorage } from './registry-storage.ts';
import type { StandInDigests } from './stand-in-images.ts';

/** there: nobody has said, and all of them lie in the lab's registry already, or there are none. */
export type ImageChoice =
  | { readonly kind: 'copy'; readonly from: string }
  | { readonly kind: 'stand-ins' }
  | { readonly kind: 'there' };

/** How images are got at: a registry by its address, or the file of a bundle. */
export type OpenOrigin = (from: string, signal: AbortSignal) => Promise<ImageOrigin & AsyncDisposable>;

export interface PlacingImages {
  readonly choice: ImageChoice;
  /** Folder in which the lab's registry keeps images. */
  readonly folder: string;
  readonly open: OpenOrigin;
}

/**
 * Puts all that is wanted into the lab's registry.
 * @returns what stands in for what; undefined: the images are production's own
 * @throws TowlineError MIRROR_IMAGES
 */
export async function placeImages(
  images: readonly WantedImage[],
  { choice, folder, open }: PlacingImages,
  signal: AbortSignal,
): Promise<StandInDigests | undefined> {
  const storage = new RegistryStorage(folder);
  if (choice.kind === 'stand-ins') return await makeStandIns(images, storage, signal);
  const missing: WantedImage[] = [];
  for (const image of images) if (!(await storage.has(image.digest))) missing.push(image);
  if (missing.length === 0) return undefined;
  if (choice.kind === 'there') throw unplaced(missing);
  await using from = await open(choice.from, signal);
  const platform = enginePlatform('linux', process.arch);
  await copyImages(missing, { from, to: storage, platform, signal });
  return undefined;
}

/**
 * Before anything is made: whether somebody has said where images are to come from.
 * @throws TowlineError MIRROR_IMAGES
 */
export function assertChosen(images: readonly WantedImage[], { kind }: ImageChoice): void {
  if (kind === 'there' && images.length > 0) throw unplaced(images);
}

function unplaced(missing: readonly WantedImage[]): TowlineError {
  const names = missing.map(({ repository, digest }) => `${repository}@${digest}`);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  const message = `the lab’s registry has not got ${names.slice(0, 3).join(', ')}${more}`;
  return new TowlineError('MIRROR_IMAGES', message, { details: { missing: names } });
}
