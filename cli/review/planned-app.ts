/** What becomes of one app, as a reviewer asks: images, services, what is down and for how long, what becomes of data. */
import { resourceName } from '../../core/desired/resource-name.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import type { PlanBetween } from '../../core/plan/between/plan-between.ts';
import { describeStep } from '../../core/plan/explain-plan.ts';
import { durationMs } from '../../core/plan/quantity.ts';
import { downloadSizes } from '../../core/plan/requirements.ts';
import type { Step } from '../../core/plan/step.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { bounded, boundedList } from './bounded.ts';

export type PlannedApp = ReviewFile['plans'][number]['apps'][number];
type Service = PlannedApp['services'][number];
type Volume = PlannedApp['volumes'][number];

export interface AppPlan {
  readonly name: string;
  readonly before: DesiredProject | undefined;
  readonly next: DesiredProject | undefined;
  readonly planned: PlanBetween;
}

/** As the engine's default has it. */
const defaultStopMs = 10_000;
const most = 64;

/** What goes without saying: a step that is there because something is not. */
const saysNothing = ({ reason, kind }: Step) =>
  kind === 'pull-image' || (kind.startsWith('create-') && reason.endsWith(' is not there'));

function changeOf(kinds: ReadonlySet<Step['kind']>, isWanted: boolean): Service['change'] {
  if (!isWanted) return 'removed';
  const comes = kinds.has('create-container');
  if (comes) return kinds.has('stop-container') || kinds.has('remove-container') ? 'replaced' : 'new';
  return kinds.has('start-container') ? 'restarted' : 'changed';
}

/** Steps of each service, in their order; what is only waited for or pulled is nothing that becomes of it. */
function byService(steps: readonly Step[]): Map<string, Step[]> {
  const found = new Map<string, Step[]>();
  for (const step of steps) {
    if (!('service' in step) || step.kind === 'pull-image' || step.kind === 'wait-service') continue;
    const known = found.get(step.service);
    if (known === undefined) found.set(step.service, [step]);
    else known.push(step);
  }
  return found;
}

const kindsOf = (steps: readonly Step[]) => new Set(steps.map(({ kind }) => kind));

function servicesOf(own: ReadonlyMap<string, readonly Step[]>, next: AppPlan['next']): Service[] {
  return [...own].map(([name, steps]) => ({
    name: bounded(name),
    change: changeOf(kindsOf(steps), next?.model.services[name] !== undefined),
    because: boundedList(
      steps.filter(step => !saysNothing(step)).map(({ reason }) => reason),
      6,
    ),
  }));
}

/** Those that stop and start again. */
function downtimeOf(
  own: ReadonlyMap<string, readonly Step[]>,
  { before, next }: AppPlan,
): PlannedApp['down'] {
  if (next === undefined) return undefined;
  const down = [...own].flatMap(([name, steps]) => {
    const kinds = kindsOf(steps);
    // Who is handed over serves all the while.
    const isDown = kinds.has('stop-container') && kinds.has('start-container') && !kinds.has('take-names');
    return isDown ? [name] : [];
  });
  if (down.length === 0) return undefined;
  const stopMs = down.map(
    name => durationMs(before?.model.services[name]?.stop_grace_period) ?? defaultStopMs,
  );
  return {
    services: boundedList(down, most),
    strategy: next.update.strategy,
    stopMs: Math.round(Math.max(...stopMs)),
    healthMs: Math.round(next.update.healthTimeoutMs),
  };
}

function keysUsed(project: DesiredProject | undefined, service: string): string[] {
  return (project?.model.services[service]?.volumes ?? []).flatMap(({ type, source = '' }) =>
    type === 'volume' && source !== '' ? [source] : [],
  );
}

/** Data of services that are touched stays, unless a step says otherwise. */
function volumesOf(steps: readonly Step[], own: ReadonlyMap<string, unknown>, plan: AppPlan): Volume[] {
  const { before, next } = plan;
  const nameOf = (project: DesiredProject, key: string) => resourceName(project.model, 'volumes', key);
  const found = new Map<string, Volume['change']>();
  for (const service of own.keys())
    for (const project of [before, next])
      if (project !== undefined)
        for (const key of keysUsed(project, service)) found.set(nameOf(project, key), 'kept');
  for (const step of steps) {
    if (step.kind === 'create-volume')
      found.set(step.name, found.get(step.name) === 'removed' ? 'emptied' : 'new');
    if (step.kind === 'remove-volume' || step.kind === 'retire-volume') found.set(step.name, 'removed');
    if (step.kind === 'restore-volumes') for (const { name } of step.volumes) found.set(name, 'restored');
  }
  const stays = (change: Volume['change']) => Number(change === 'kept');
  return [...found]
    .sort(([left, one], [right, other]) => stays(one) - stays(other) || (left < right ? -1 : 1))
    .map(([name, change]) => ({
      name: bounded(name),
      change,
    }));
}

function imagesOf(steps: readonly Step[], next: AppPlan['next'], { observed }: PlanBetween) {
  const count = new Set(steps.flatMap(step => (step.kind === 'pull-image' ? [step.image] : []))).size;
  const bytes = next === undefined || count === 0 ? undefined : downloadSizes(next, observed)?.missingBytes;
  return { count, ...(bytes === undefined ? {} : { bytes }) };
}

function notesOf(name: string, { plan, left, releases }: PlanBetween): string[] {
  const skipped = plan.skipped.map(({ project, reason, code }) => ({
    project,
    message: `not now: ${reason}${code === undefined ? '' : ` (${code})`}`,
  }));
  const kept = plan.steps.flatMap(step =>
    step.kind === 'back-up'
      ? [{ project: step.project, message: `${describeStep(step)}: ${step.reason}` }]
      : [],
  );
  const own = [...skipped, ...kept, ...releases, ...plan.notices, ...left].filter(
    ({ project }) => project === name,
  );
  return boundedList(
    own.map(({ message }) => message),
    16,
  );
}

/** @returns undefined: nothing becomes of it */
export function plannedApp(app: AppPlan): PlannedApp | undefined {
  const { name, before, next, planned } = app;
  const steps = planned.plan.steps.filter(step => 'project' in step && step.project === name);
  const notes = notesOf(name, planned);
  if (steps.length + notes.length === 0 && before?.release === next?.release) return undefined;
  const own = byService(steps);
  const down = downtimeOf(own, app);
  return {
    app: bounded(next?.app ?? before?.app ?? name),
    ...(before?.release === undefined ? {} : { from: bounded(before.release) }),
    ...(next?.release === undefined ? {} : { to: bounded(next.release) }),
    ...(next === undefined ? { gone: true } : {}),
    images: imagesOf(steps, next, planned),
    services: servicesOf(own, next).slice(0, most),
    ...(down === undefined ? {} : { down }),
    volumes: volumesOf(steps, own, app).slice(0, most),
    notes,
  };
}
