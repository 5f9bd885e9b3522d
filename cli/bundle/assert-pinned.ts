/** Whether the images of a bundle are those of releases: no other, and all that its devices are to run. */
import type { BundleContents } from '../../core/bundle/contents.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import { assignedImages } from '../../core/rollout/assigned-images.ts';

const keyOf = ({ image, digest }: PinnedImage) => `${image} (${digest})`;

/** @param fleet at the bundle's commit @throws TowlineError BUNDLE_IMAGE_UNPINNED, BUNDLE_IMAGE_MISSING */
export function assertPinned(fleet: Fleet, { images, devices }: BundleContents): void {
  const releases = [...fleet.apps.values()].flatMap(app => [...app.releases.values()]);
  const pinned = new Set(releases.flatMap(({ value }) => Object.values(value.images).map(keyOf)));
  const extra = images.find(image => !pinned.has(keyOf(image)));
  if (extra !== undefined) throw new TowlineError('BUNDLE_IMAGE_UNPINNED', `no release pins ${keyOf(extra)}`);
  const here = new Set(images.map(keyOf));
  for (const device of devices) {
    const missing = assignedImages(fleet, device).find(image => !here.has(keyOf(image)));
    if (missing === undefined) continue;
    throw new TowlineError(
      'BUNDLE_IMAGE_MISSING',
      `${device} is to run ${keyOf(missing)}, which is not in the bundle`,
    );
  }
}
