/** Rollouts in a mirror: each stage names the devices of it that stand for others, for a percentage is drawn by the fleet's name. */
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { rolloutPath } from '../../core/fleet/paths.ts';
import { stageOf } from '../../core/rollout/stage.ts';
import type { RolloutFile } from '../../schemas/types.generated.ts';
import { keptKeys, only } from './kept-settings.ts';

/** Stage of a device, from 1; 0: none. */
type StageOfDevice = (device: string) => number;

function stagesOf({ stages }: RolloutFile, devices: readonly string[], stage: StageOfDevice) {
  return stages.map(({ name, hold, gate, promote, prefetch }, at) => ({
    name,
    select: { devices: devices.filter(device => stage(device) === at + 1) },
    ...(hold === undefined ? {} : { hold }),
    ...(gate === undefined ? {} : { gate }),
    ...(promote === undefined ? {} : { promote }),
    ...(prefetch === undefined ? {} : { prefetch }),
  }));
}

/** Path → what the file says. @param devices of the lab */
export function mirroredRollouts(fleet: Fleet, devices: readonly string[]): Map<string, RolloutFile> {
  const found = new Map<string, RolloutFile>();
  for (const [app, rollouts] of fleet.rollouts) {
    for (const [name, file] of rollouts) {
      const stage: StageOfDevice = device => {
        const layers = layersOf(fleet, device);
        if (layers === undefined) return 0;
        const { labels } = mergeDevice(layers);
        const selectable = { id: device, groups: layers.device.value.groups ?? [], labels };
        return stageOf({ name, file }, selectable, fleet.name);
      };
      const kept = only(file.value, keptKeys.rollout);
      found.set(rolloutPath(app, name), { ...kept, stages: stagesOf(file.value, devices, stage) });
    }
  }
  return found;
}
