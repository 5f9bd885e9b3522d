/** One release in a mirror: its images by digest, without what a publisher of production has signed. */
import type { ReleaseFile } from '../../schemas/types.generated.ts';
import { keptKeys, only } from './kept-settings.ts';
import type { StandInDigests } from './stand-in-images.ts';

type ReleaseImage = ReleaseFile['images'][string];

function mirroredImage({ image, digest, platforms }: ReleaseImage, digests: StandInDigests | undefined) {
  if (digests !== undefined) return { image, digest: digests.get(digest) ?? digest };
  return { image, digest, ...(platforms === undefined ? {} : { platforms }) };
}

/** Stand-ins are for this machine, whatever the images are for: then a device need not be of any platform. */
function requirements(
  { requires }: ReleaseFile,
  digests: StandInDigests | undefined,
): Pick<ReleaseFile, 'requires'> {
  if (requires === undefined) return {};
  const { platforms, ...rest } = requires;
  return { requires: digests !== undefined || platforms === undefined ? rest : { ...rest, platforms } };
}

/** @param digests production's → the stand-in's; undefined: the images are production's own */
export function mirroredRelease(value: ReleaseFile, digests: StandInDigests | undefined): ReleaseFile {
  const images = Object.entries(value.images).map(
    ([service, image]) => [service, mirroredImage(image, digests)] as const,
  );
  return {
    ...only(value, keptKeys.release),
    ...requirements(value, digests),
    images: Object.fromEntries(images),
  };
}
