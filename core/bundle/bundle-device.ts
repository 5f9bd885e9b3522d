/** What a device needs in a bundle, and what it has already, by the repository and by what it last said. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { PinnedImage } from '../images/digest.ts';
import { assignedImages } from '../rollout/assigned-images.ts';

export interface BundleDevice {
  readonly id: string;
  /** What its engine runs images for; undefined: it has not said so, and gets those of all platforms. */
  readonly platform: string | undefined;
  /** Images that the bundle brings to it. */
  readonly images: readonly PinnedImage[];
  /** Images that it has whole, as far as is known. */
  readonly has: readonly PinnedImage[];
}

/** Of one release. Undefined: there is no such release. */
export function releaseImages(fleet: Fleet, app: string, version: string): PinnedImage[] | undefined {
  const release = fleet.apps.get(app)?.releases.get(version);
  return release === undefined ? undefined : Object.values(release.value.images);
}

/**
 * @param status as the device's own key has signed it; undefined: it has said nothing
 * @param extra images besides those of the releases that are assigned to it
 */
export function bundleDevice(
  fleet: Fleet,
  id: string,
  {
    status,
    extra = [],
  }: { readonly status?: StatusFile | undefined; readonly extra?: readonly PinnedImage[] },
): BundleDevice {
  const running = (status?.projects ?? []).filter(({ state }) => state === 'healthy');
  const has = running.flatMap(({ app, release }) =>
    release === undefined ? [] : (releaseImages(fleet, app, release) ?? []),
  );
  return { id, platform: status?.host?.platform, images: [...assignedImages(fleet, id), ...extra], has };
}
