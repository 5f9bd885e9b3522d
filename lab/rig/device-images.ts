/** Images that a device of a rig runs. */
import type { DeviceRig } from './device-rig.ts';

/** Images that all tests of a file share, built on the engine under local names. */
export async function buildImages(
  rig: DeviceRig,
): Promise<{ web: string; web2: string; worker: string; unhealthy: string; once: string; crashing: string }> {
  const images = {
    web: 'towline-test/web:1',
    web2: 'towline-test/web:2',
    worker: 'towline-test/worker:1',
    unhealthy: 'towline-test/unhealthy:1',
    once: 'towline-test/once:1',
    crashing: 'towline-test/crashing:1',
  };
  await rig.images.build(images.web, 'web', '1');
  await rig.images.build(images.web2, 'web', '2');
  await rig.images.build(images.worker, 'worker', '1');
  await rig.images.build(images.unhealthy, 'unhealthy', '1');
  await rig.images.build(images.once, 'one-shot', '1');
  await rig.images.build(images.crashing, 'crashing', '1');
  return images;
}
