/** The images that the releases of one device's apps pin: read from release.yaml alone, no project is computed for it. */
import type { Problem } from '../errors.ts';
import { type DeviceLayers, type Fleet, layersOf } from '../fleet/fleet.ts';
import { type DeviceQuestion, loadDevice, readAt } from '../fleet/load-device.ts';
import { releasePath } from '../fleet/paths.ts';
import type { PinnedImage } from '../images/digest.ts';
import { rolledOut } from './rolled-out.ts';
import { afterPins, byCommit } from './when.ts';

interface Assigned {
  readonly app: string;
  readonly release: string;
}

/**
 * Those that run, those that come ahead, and those that a clock decides between: by this device's own a stage may not have
 * opened yet, or a pin be over.
 */
function releasesOf(layers: DeviceLayers): Assigned[] {
  const found = new Map<string, Assigned>();
  for (const { apps } of [rolledOut(layers, byCommit), rolledOut(layers, afterPins)])
    for (const { app, release, next, rollout } of apps)
      for (const version of [release, next, rollout?.from])
        if (version !== undefined) found.set(`${app}/${version}`, { app, release: version });
  return [...found.values()];
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
