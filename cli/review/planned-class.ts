/** The plans of one class of devices: at once, and once a rollout of the branch has walked. */
import { desiredStateOf } from '../../core/desired/desired-state.ts';
import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import type { Problem } from '../../core/errors.ts';
import type { DeviceLayers } from '../../core/fleet/fleet.ts';
import { describeStep } from '../../core/plan/explain-plan.ts';
import { type NeededPrivilege, newPrivileges } from '../../core/review/needed-privileges.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { aheadWords } from '../plan/ahead.ts';
import { type PlanBetween, planBetween } from '../plan/plan-between.ts';
import { bounded, boundedList } from './bounded.ts';
import type { DeviceClass } from './device-classes.ts';
import type { NotingFiles } from './noting-files.ts';
import { plannedApp } from './planned-app.ts';

export type Plan = Omit<ReviewFile['plans'][number], 'devices'>;

export interface ClassPlans {
  /** None where nothing would be done. */
  readonly plans: readonly Plan[];
  readonly privileges: readonly NeededPrivilege[];
  readonly problems: readonly Problem[];
  /** What was read named the device: others of the class may have another plan. */
  readonly isOwn: boolean;
}

export interface Planning {
  readonly files: NotingFiles;
  readonly base: ObjectId;
  readonly merged: ObjectId;
  /** Milliseconds since the epoch: when a tunnel of the base has ended is asked of the commit, not of a clock. */
  readonly nowMs: number;
}

interface State {
  readonly state: DesiredState | undefined;
  readonly problems: readonly Problem[];
}

const noState: State = { state: undefined, problems: [] };

export async function planClass(one: DeviceClass, planning: Planning): Promise<ClassPlans> {
  const { files, base, merged } = planning;
  files.takeNamed();
  const stateOf = async (layers: DeviceLayers | undefined, commit: ObjectId): Promise<State> => {
    if (layers === undefined) return noState;
    const { state, problems } = await desiredStateOf(layers, { reader: files, commit });
    return { state, problems };
  };
  const before = await stateOf(one.before, base);
  const after = await stateOf(one.after, merged);
  const walked = await stateOf(one.walked, merged);
  const isOwn = files.takeNamed() || namesDevice(one);
  const had = before.state?.projects ?? [];
  const asked = [after, walked].flatMap(({ state }) => newPrivileges(had, state?.projects ?? []));
  const unknown = one.before !== undefined && before.state === undefined && before.problems.length > 0;
  const plans = [
    planTo(before.state, after.state, { planning, unknown }),
    planWalked(one, { after: after.state, walked: walked.state, nowMs: planning.nowMs }),
  ].filter(plan => plan !== undefined);
  return { plans, privileges: asked, problems: [...after.problems, ...walked.problems], isOwn };
}

/** A variable may name the device as well as a file of the app does. */
function namesDevice({ before, after }: DeviceClass): boolean {
  return [before, after].some(layers => {
    const files = layers === undefined ? [] : [layers.fleet, ...layers.groups, layers.device];
    return files.some(({ value }) => JSON.stringify(value).includes('TOWLINE_DEVICE'));
  });
}

interface From {
  readonly planning: Planning;
  /** Whether the base has problems, so that nobody can say what runs. */
  readonly unknown: boolean;
}

function planTo(
  before: DesiredState | undefined,
  next: DesiredState | undefined,
  { planning: { nowMs }, unknown }: From,
): Plan | undefined {
  if (next === undefined) return undefined;
  const planned = planBetween({ before, next, nowMs });
  const words = unknown ? ['the base has problems: planned for a device that runs nothing'] : [];
  return planOf(before, next, { planned, words });
}

interface Walk {
  readonly after: DesiredState | undefined;
  readonly walked: DesiredState | undefined;
  readonly nowMs: number;
}

/** From what is there after the branch: what the stages bring that are not open yet. */
function planWalked(one: DeviceClass, { after, walked, nowMs }: Walk): Plan | undefined {
  if (after === undefined || walked === undefined) return undefined;
  const planned = planBetween({ before: after, next: walked, nowMs });
  const plan = planOf(after, walked, { planned, words: [] });
  return plan === undefined ? undefined : { rollout: bounded(rolloutsOf(one).join(', ')), ...plan };
}

/** `app/name` of those by which it gets another release. */
function rolloutsOf({ after, walked }: DeviceClass): string[] {
  if (after === undefined || walked === undefined) return [];
  const now = new Map(rolledOut(after, byCommit).apps.map(({ app, release }) => [app, release]));
  return rolledOut(walked, byCommit).apps.flatMap(({ app, release, rollout }) =>
    rollout === undefined || now.get(app) === release ? [] : [`${app}/${rollout.rollout}`],
  );
}

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
  return { apps: apps.slice(0, 32), device: boundedList([...words, ...tunnel, ...coming], 16) };
}
