/** `towline rollout`: a release that walks through the fleet, stage by stage. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerRolloutAbort } from './abort.ts';
import { registerRolloutFinish } from './finish.ts';
import { registerRolloutPause } from './pause.ts';
import { registerRolloutPlan } from './plan.ts';
import { registerRolloutPromote } from './promote.ts';
import { registerRolloutStart } from './start.ts';
import { registerRolloutStatus } from './status.ts';
import { registerRolloutStep } from './step.ts';

export function registerRollout(rollout: Command, stop: Stop): void {
  registerRolloutPlan(rollout, stop);
  registerRolloutStart(rollout, stop);
  registerRolloutStatus(rollout, stop);
  registerRolloutPause(rollout, stop);
  registerRolloutPromote(rollout, stop);
  registerRolloutAbort(rollout, stop);
  registerRolloutFinish(rollout, stop);
  registerRolloutStep(rollout, stop);
  rollout.addHelpText(
    'after',
    examples([
      ['towline rollout plan hello-1.5.yaml', 'whom it would reach'],
      ['towline rollout start hello 1.5.0 --from 1.4.2 --stages canary:group=canary:4h,all', 'begin'],
      ['towline rollout status --watch', 'look on'],
      ['towline rollout finish hello-1.5', 'once it is complete'],
    ]),
  );
}
