/** The plans of one class of devices: at once, and once a rollout of the branch has walked. */
import { desiredStateOf } from '../../core/desired/desired-state.ts';
import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import type { Problem } from '../../core/errors.ts';
import type { DeviceLayers } from '../../core/fleet/fleet.ts';
import type { Rollouts } from '../../core/fleet/rollout-files.ts';
import { aheadWords } from '../../core/plan/between/ahead.ts';
import { type PlanBetween, planBetween } from '../../core/plan/between/plan-between.ts';
import { describeStep } from '../../core/plan/explain-plan.ts';
import { type NeededPrivilege, newPrivileges } from '../../core/review/needed-privileges.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { bounded, boundedList } from './bounded.ts';
import type { DeviceClass } from './device-classes.ts';
import { nameless } from './nameless.ts';
import type { NotingFiles } from './noting-files.ts';
import { kindOf } from './own-values.ts';
import { plannedApp } from './planned-app.ts';

export type Plan = Omit<ReviewFile['plans'][number], 'devices'>;

interface KnownPlan {
  readonly plan: Plan;
  /** The same for the same values, whatever the device is called. */
  readonly kind: string;
}

export interface ClassPlans {
  /** None where nothing would be done. */
  readonly plans: readonly KnownPlan[];
  readonly privileges: readonly NeededPrivilege[];
  readonly problems: readonly Problem[];
  /** What was read named the device: others of the class may have another plan. */
  readonly isOwn: boolean;
}

export interface Planning {
  readonly files: NotingFiles;
  readonly base: ObjectId;
  readonly merged: ObjectId;
  /**
   * Milliseconds since the epoch: when a tunnel of the base has ended is asked of a commit, not of a clock, and of the base,
   * for a branch may be of any time.
   */
  readonly nowMs: number;
  /** With all stages open of all that there are; absent: there is none. */
  readonly walks: { readonly before: Rollouts | undefined; readonly after: Rollouts | undefined };
}

interface State {
  readonly state: DesiredState | undefined;
  readonly problems: readonly Problem[];
}

const noState: State = { state: undefined, problems: [] };

/** Where it comes from, where it comes to, and by which rollouts. */
interface Step {
  readonly before: DesiredState | undefined;
  readonly next: DesiredState | undefined;
  readonly words: readonly string[];
  /** Absent: at once. */
  readonly rollout?: string;
}

export async function planClass(one: DeviceClass, planning: Planning): Promise<ClassPlans> {
  const { files, base, merged, nowMs } = planning;
  files.takeNamed();
  const stateOf = async (layers: DeviceLayers | undefined, commit: ObjectId): Promise<State> => {
    if (layers === undefined) return noState;
    const { state, problems } = await desiredStateOf(layers, { reader: files, commit });
    return { state, problems };
  };
  const before = await stateOf(one.before, base);
  const after = await stateOf(one.after, merged);
  const walked = await stateOf(one.walked, merged);
  const rest = restOfWalk(one, planning);
  const had = await stateOf(rest?.before, base);
  const has = await stateOf(rest?.after, merged);
  const isOwn = files.takeNamed() || namesDevice(one);
  // The walk of before, from another place, is none of the branch.
  const isOther =
    kindOf(projectsOf(before), projectsOf(had), asItIs) !==
    kindOf(projectsOf(after), projectsOf(has), asItIs);
  const ends = [after, walked, ...(isOther ? [has] : [])];
  const unknown = one.before !== undefined && before.state === undefined && before.problems.length > 0;
  const words = unknown ? ['the base has problems: planned for a device that runs nothing'] : [];
  const steps: Step[] = [
    { before: before.state, next: after.state, words },
    { before: after.state, next: walked.state, words: [], rollout: rolloutsTo(one.walked, one.after) },
    ...(isOther
      ? [{ before: after.state, next: has.state, words: [], rollout: rolloutsTo(rest?.after, one.after) }]
      : []),
  ];
  const hidden = isOwn ? nameless(one.devices[0] ?? '') : asItIs;
  return {
    plans: steps.flatMap(step => planned(step, nowMs, hidden)),
    privileges: ends.flatMap(end =>
      newPrivileges([...projectsOf(before), ...(end === has ? projectsOf(had) : [])], projectsOf(end)),
    ),
    problems: ends.flatMap(({ problems }) => problems),
    isOwn,
  };
}

const asItIs = (text: string) => text;

const projectsOf = ({ state }: State): readonly DesiredProject[] => state?.projects ?? [];

/**
 * Where it is once the rollouts that the branch leaves alone have walked, before and after: what they bring may be another thing.
 * @returns undefined: they bring it nothing
 */
function restOfWalk(
  { before, after, walked }: DeviceClass,
  { walks }: Planning,
): { readonly before: DeviceLayers | undefined; readonly after: DeviceLayers } | undefined {
  if (after === undefined || walks.after === undefined) return undefined;
  const end = { ...after, rollouts: walks.after };
  if (rolloutsTo(end, walked ?? after) === '') return undefined;
  return { before: before && { ...before, rollouts: walks.before ?? before.rollouts }, after: end };
}

/** A variable may name the device as well as a file of the app does. */
function namesDevice({ before, after }: DeviceClass): boolean {
  return [before, after].some(layers => {
    const files = layers === undefined ? [] : [layers.fleet, ...layers.groups, layers.device];
    return files.some(({ value }) => JSON.stringify(value).includes('TOWLINE_DEVICE'));
  });
}

/** `app/name` of those by which it gets another release. */
function rolloutsTo(walked: DeviceLayers | undefined, from: DeviceLayers | undefined): string {
  if (from === undefined || walked === undefined) return '';
  const now = new Map(rolledOut(from, byCommit).apps.map(({ app, release }) => [app, release]));
  const moved = rolledOut(walked, byCommit).apps.flatMap(({ app, release, rollout }) =>
    rollout === undefined || now.get(app) === release ? [] : [`${app}/${rollout.rollout}`],
  );
  return moved.join(', ');
}

/** @returns none where nothing would be done */
function planned(
  { before, next, words, rollout }: Step,
  nowMs: number,
  hidden: (text: string) => string,
): KnownPlan[] {
  if (next === undefined || (rollout !== undefined && before === undefined)) return [];
  const plan = planOf(before, next, { planned: planBetween({ before, next, nowMs }), words });
  if (plan === undefined) return [];
  const kind = kindOf(before?.projects ?? [], next.projects, hidden);
  return [{ kind, plan: rollout === undefined ? plan : { rollout: bounded(rollout), ...plan } }];
}

/** Of one plan. */
const mostApps = 32;

function planOf(
  before: DesiredState | undefined,
  next: DesiredState,
  { planned, words }: { readonly planned: PlanBetween; readonly words: readonly string[] },
): Plan | undefined {
  const byName = (projects: readonly DesiredProject[] = []) =>
    new Map(projects.map(project => [project.name, project]));
  const [had, has] = [byName(before?.projects), byName(next.projects)];
  const names = [...new Set([...had.keys(), ...has.keys()])].sort();
  const apps = names
    .map(name => plannedApp({ name, before: had.get(name), next: has.get(name), planned }))
    .filter(app => app !== undefined);
  const own = planned.plan.steps.filter(step => !('project' in step));
  const tunnel = own.map(step => `${describeStep(step)}: ${step.reason}`);
  const coming = aheadWords(planned.downloads);
  if (apps.length + tunnel.length + coming.length === 0) return undefined;
  const rest = apps.slice(mostApps).map(({ app }) => app);
  const more = rest.length === 0 ? [] : [`and ${rest.length} more apps: ${rest.join(', ')}`];
  return {
    apps: apps.slice(0, mostApps),
    // One that is said of several plans has room beside them.
    device: boundedList([...more, ...words, ...tunnel, ...coming], 15),
  };
}
