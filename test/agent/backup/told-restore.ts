/** What a pass says of the one app of a rig, and what is done to it in the middle of a restore. */
import assert from 'node:assert/strict';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { DeviceRig, PassOptions } from '../../../lab/rig/device-rig.ts';

export async function told(rig: DeviceRig, project: DesiredProject, options: PassOptions = {}) {
  const { outcome } = await rig.pass([project], options);
  const [one] = outcome.projects;
  assert.ok(one !== undefined);
  return one;
}

/** Volumes beside those of the app. */
export const besideOf = async (rig: DeviceRig) => (await rig.observe([rig.project])).beside ?? [];

/** What is done once, when the volumes are to be exchanged and the app is down. */
export const beforeExchange = (work: () => Promise<unknown>): PassOptions => {
  let done = false;
  return {
    async around(step, run) {
      if (step.kind === 'restore-volumes' && !done) {
        done = true;
        await work();
      }
      await run();
    },
  };
};
