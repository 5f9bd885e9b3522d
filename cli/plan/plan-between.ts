/** What a device would do to come from one state to another: the planning of the device itself, on what it would show. */
import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import { planDownloads } from '../../core/plan/downloads.ts';
import { volumesLeft } from '../../core/plan/left-behind.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { type Applied, observedAsApplied } from '../../core/plan/observed-as-applied.ts';
import { planWhole } from '../../core/plan/plan.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { capabilityOf } from '../status/reports.ts';
import { atOnce, baseOf } from './ahead.ts';
import type { DevicePlan } from './show.ts';

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
  return {
    plan: planWhole(input),
    downloads: planDownloads(input),
    left: volumesLeft(next.projects, applied.observed),
    releases: releaseWords(before?.projects ?? [], next.projects),
    observed,
  };
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
