/** What a device would do to come from one state to another: the planning of the device itself, on what it would show. */

import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { DesiredProject, DesiredState } from '../../desired/state.ts';
import { capabilityOf } from '../../telemetry/capability.ts';
import { planDownloads } from '../downloads.ts';
import { volumesLeft } from '../left-behind.ts';
import type { ObservedState } from '../observed.ts';
import { type Applied, observedAsApplied } from '../observed-as-applied.ts';
import { planWhole } from '../plan.ts';
import { atOnce, baseOf } from './ahead.ts';
import type { DevicePlan } from './device-plan.ts';

export interface Between {
  /** Undefined: it runs nothing. */
  readonly before: DesiredState | undefined;
  readonly next: DesiredState;
  /** What it last said. */
  readonly status?: StatusFile | undefined;
  readonly nowMs: number;
}

export type PlanBetween = Pick<DevicePlan, 'plan' | 'downloads' | 'left' | 'releases'> & {
  readonly observed: ObservedState;
};

/** Windows are left out: when it begins is the device's affair. */
export function planBetween({ before, next, status, nowMs }: Between): PlanBetween {
  const nothing: Applied = { projects: [], tunnel: { ...next.tunnel, state: 'closed' } };
  const applied = observedAsApplied(baseOf(before ?? nothing, status), nowMs, next);
  const observed = { ...applied.observed, capability: status === undefined ? {} : capabilityOf(status) };
  const input = { desired: atOnce(next), ...applied, observed };
  const plan = planWhole(input);
  return {
    plan,
    downloads: planDownloads(input),
    left: volumesLeft(next.projects, applied.observed),
    releases: [...releaseWords(before?.projects ?? [], next.projects), ...dataWords(plan, next.projects)],
    observed,
  };
}

/** What becomes of the data that is kept first, where the update fails. */
function dataWords({ steps }: DevicePlan['plan'], next: readonly DesiredProject[]): DevicePlan['releases'] {
  return steps.flatMap(step => {
    if (step.kind !== 'back-up' || step.cause !== 'upgrade') return [];
    const { project } = step;
    const { backup } = next.find(({ name }) => name === project) ?? {};
    if (backup === undefined) return [];
    const without = backup.required
      ? ''
      : '; without a backup, where none can be made, it is updated all the same';
    const then =
      backup.onRollback === 'restore'
        ? 'its data goes back to the backup, and what was written since is lost'
        : 'its data stays as the new version has left it, and the backup is kept';
    return [{ project, message: `if the update fails once it has run, ${then}${without}` }];
  });
}

/** What people must know of a release before a device gets it. */
function releaseWords(
  before: readonly DesiredProject[],
  next: readonly DesiredProject[],
): DevicePlan['releases'] {
  const had = new Map(before.map(({ name, release }) => [name, release]));
  return next.flatMap(({ name: project, release, requirements: { breaking, migration } = {} }) => {
    if (had.get(project) === release) return [];
    const broken = breaking === undefined ? [] : [`release ${release} is breaking: ${breaking}`];
    const oneWay = `release ${release} changes data so that no earlier release can read it`;
    const said = migration === undefined ? broken : [...broken, oneWay];
    return said.map(message => ({ project, message }));
  });
}
