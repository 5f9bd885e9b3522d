/** What docker compose had started, where an app changes it and no state of the app was good here yet: kept, and brought back. */
import type { DesiredProject } from '../desired/state.ts';
import { adopts } from './adopted.ts';
import { asItIs, type KeptContainer, keptContainer, keptName, wouldComeBack } from './kept-container.ts';
import type { ProjectMemory } from './memory.ts';
import { isUp, type ObservedContainer, type ObservedState } from './observed.ts';
import type { Need, PlanSteps } from './plan-steps.ts';
import { type Draft, isReplaced } from './prepare-steps.ts';
import { serviceOrder } from './service-order.ts';
import type { Skipped } from './target.ts';
import { isHalfCreated } from './temporary-name.ts';

const until = 'kept until the app is healthy';

/** Whether it is kept until the app is healthy, because there is no good state to go back to. */
export function isKept({ firstTake }: Pick<Draft, 'firstTake'>, old: ObservedContainer): boolean {
  return old.adopted !== undefined && (firstTake !== undefined || keptContainer(old) !== undefined);
}

/** @returns the step after which its name is free, and no engine starts it */
export function putAside(
  { firstTake = { owed: [] } }: Draft,
  old: ObservedContainer,
  { steps, needs }: { readonly steps: PlanSteps; readonly needs: readonly Need[] },
): Need {
  const isAside = keptContainer(old) !== undefined;
  if (isAside && !wouldComeBack(old)) return undefined;
  const { project, service, id: container, name } = old;
  const aside = isAside ? name : keptName(old, firstTake.owed);
  return steps.add({ kind: 'put-aside', project, service, container, name, aside, reason: until }, needs);
}

/** Those that the plan puts aside, which go once the app is healthy. */
export function keptOnes(draft: Draft): { container: ObservedContainer; reason: string }[] {
  const { firstTake } = draft;
  return draft.analysis.instances.flatMap(instance => {
    const { container: old } = instance;
    if (!isReplaced(instance) || old === undefined || !isKept(draft, old)) return [];
    const name = keptContainer(old) === undefined ? keptName(old, firstTake?.owed ?? []) : old.name;
    return [{ container: { ...old, name }, reason: 'the app is healthy without it' }];
  });
}

/** Those of a pass that was cut off. */
export function keepAside(draft: Draft, steps: PlanSteps): void {
  for (const { surplus } of draft.analysis.instances)
    for (const { container } of surplus)
      if (keptContainer(container) !== undefined)
        putAside(draft, container, { steps, needs: [steps.stops.get(container.id)] });
}

interface Seen {
  readonly observed: ObservedState;
  readonly memory: ProjectMemory;
}

interface Back {
  readonly container: ObservedContainer;
  readonly kept: KeptContainer;
}

/** What is to run again, in the order in which its services start, and what of the app goes for it. */
function whatRan(
  project: DesiredProject,
  { observed, memory }: Seen,
): { before: Back[]; after: ObservedContainer[] } {
  const { lastGood, starting = [] } = memory.projects.get(project.name) ?? {};
  if (lastGood !== undefined || !adopts(project, observed)) return { before: [], after: [] };
  const order = serviceOrder(project.model);
  const own = observed.containers
    .filter(one => one.project === project.name)
    .sort((a, b) => sharing(a) - sharing(b) || order.indexOf(a.service) - order.indexOf(b.service));
  const before: Back[] = [];
  for (const container of own.filter(({ adopted }) => adopted !== undefined)) {
    const kept = keptContainer(container);
    const isOwed = starting.includes(container.id) && !isUp(container);
    // Who shares the namespaces of one that stops has those of nobody, though it runs.
    const isFollower =
      isUp(container) && before.some(one => !isUp(one.container) && shares(container, one.container));
    if (kept === undefined && !isOwed && !isFollower) continue;
    before.push({ container, kept: kept ?? asItIs(container, starting) });
  }
  const isOf = (one: ObservedContainer) =>
    before.some(({ container }) => container.service === one.service && container.number === one.number);
  const after = own.filter(one => one.adopted === undefined && (isHalfCreated(one) || isOf(one)));
  return { before, after };
}

const modesOf = ({ networkMode, inspection }: ObservedContainer): (string | undefined)[] => [
  networkMode,
  inspection?.pidMode,
  inspection?.ipcMode,
];

const shares = (one: ObservedContainer, { id }: ObservedContainer): boolean =>
  modesOf(one).includes(`container:${id}`);

/** Who has namespaces of another one starts after those that have their own, whatever the app says by now. */
const sharing = (one: ObservedContainer): number =>
  modesOf(one).some(mode => mode?.startsWith('container:')) ? 1 : 0;

interface Planned extends Seen {
  readonly steps: PlanSteps;
  readonly skipped: readonly Skipped[];
}

/** A first state has failed and waits for its next try, or was set aside: what ran before runs again, as it is. */
export function wayBack(project: DesiredProject, { steps, skipped, ...seen }: Planned): void {
  const isBack = skipped.some(
    ({ project: name, why }) => name === project.name && (why === 'set-aside' || why === 'backoff'),
  );
  const { before, after } = isBack ? whatRan(project, seen) : { before: [], after: [] };
  const reason = 'the app failed, and no state of it was good here yet';
  let last: Need;
  const going = [...after, ...before.flatMap(({ container, kept }) => (kept.ran ? [container] : []))];
  for (const container of going.reverse()) last = steps.stop(container, reason, [last]) ?? last;
  const removed = after.map(one => {
    const { id: container, name, service } = one;
    // What never ran has written nothing: only volumes of its own go with it.
    const withVolumes = one.state === 'created' && isHalfCreated(one);
    const removal = { kind: 'remove-container', project: project.name, service, container, name } as const;
    return steps.add({ ...removal, withVolumes, reason }, [last]);
  });
  for (const { container, kept } of before) {
    const { id, name, service } = container;
    const back = { kind: 'put-back', project: project.name, service, container: id, name } as const;
    last = steps.add({ ...back, before: kept, reason }, [last, ...removed]);
  }
}
