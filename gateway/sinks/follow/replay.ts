/** Where a sink stood at a time, by the clocks of the devices: from there all of it is told again. */
import { setImmediate as turn } from 'node:timers/promises';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { FollowedSink } from './followed-sink.ts';
import type { Position } from './position.ts';

const goSize = 200;

/**
 * @param fromMs since the epoch
 * @returns of each device that goes back the last commit before that time; undefined: all that is kept comes again
 */
export async function positionsFrom(
  { view, refs, positions, shared }: Pick<FollowedSink, 'view' | 'refs' | 'positions' | 'shared'>,
  fromMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Position | undefined>> {
  const back = new Map<string, Position | undefined>();
  let steps = 0;
  for (const device of view.current.devices.keys()) {
    const present = positions.get(device);
    if (present === undefined) continue;
    let hasPassed = false;
    let at: ObjectId | 'cut' | undefined = refs().get(telemetryRef(device));
    while (at !== undefined && at !== 'cut') {
      const timeMs = await shared.commits.timeOf(at);
      if (timeMs !== undefined && timeMs < fromMs) break;
      hasPassed ||= at === present.commit;
      const next: ObjectId | 'cut' | undefined = await shared.commits.parent(at);
      at = next;
      steps += 1;
      if (steps % goSize === 0) await turn(undefined, { signal });
    }
    if (!hasPassed) continue;
    back.set(device, at === undefined || at === 'cut' ? undefined : { commit: at, through: undefined });
  }
  return back;
}
