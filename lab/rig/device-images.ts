/** Images that a device of a rig runs. */
import { DeviceRig } from './device-rig.ts';

/** Images that all tests share: the first one builds them. */
export async function buildImages(
  rig: DeviceRig,
): Promise<{ web: string; web2: string; worker: string; unhealthy: string; once: string; crashing: string }> {
  return {
    web: await rig.images.kept('web'),
    web2: await rig.images.kept('web', '2'),
    worker: await rig.images.kept('worker'),
    unhealthy: await rig.images.kept('unhealthy'),
    once: await rig.images.kept('one-shot'),
    crashing: await rig.images.kept('crashing'),
  };
}

/** For all tests of a file. They stay on the engine. */
export async function sharedImages(): ReturnType<typeof buildImages> {
  await using builder = await DeviceRig.start();
  return await buildImages(builder);
}
