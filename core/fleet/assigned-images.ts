/** The images that the releases of one device's apps pin: read from release.yaml alone, no project is computed for it. */
import type { Problem } from '../errors.ts';
import type { PinnedImage } from '../images/digest.ts';
import { type DeviceLayers, type Fleet, layersOf } from './fleet.ts';
import { type DeviceQuestion, loadDevice, readAt } from './load-device.ts';
import { mergeDevice } from './merge.ts';
import { releasePath } from './paths.ts';

/** Those that run, and those that come ahead. */
function releasesOf(layers: DeviceLayers): { app: string; release: string }[] {
  return mergeDevice(layers).apps.flatMap(({ app, ...assigned }) =>
    [assigned.release, assigned.next].flatMap(release => (release === undefined ? [] : [{ app, release }])),
  );
}

/** Of a device that is not there: none. */
export function assignedImages(fleet: Fleet, id: string): PinnedImage[] {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return [];
  return releasesOf(layers).flatMap(({ app, release }) =>
    Object.values(fleet.apps.get(app)?.releases.get(release)?.value.images ?? {}),
  );
}

/**
 * The same at a commit that is not loaded as a whole. What cannot be read there pins nothing.
 * @throws TowlineError when an object is missing or malformed
 */
export async function assignedImagesAt(question: DeviceQuestion): Promise<PinnedImage[]> {
  const { layers } = await loadDevice(question);
  if (layers === undefined) return [];
  const problems: Problem[] = [];
  const images: PinnedImage[] = [];
  for (const { app, release } of releasesOf(layers)) {
    const file = await readAt({ ...question, problems }, 'release', releasePath(app, release));
    images.push(...Object.values(file?.value.images ?? {}));
  }
  return images;
}
