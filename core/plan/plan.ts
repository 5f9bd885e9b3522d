/** desired × observed → steps, each with its reason. What a pull request shows is this; what a device does is this. */

import { canonicalHash } from '../canonical-json.ts';
import type { DesiredProject, DesiredState } from '../desired/state.ts';
import { timeWord } from '../time-word.ts';
import { hostPorts, portsClash } from './container/ports.ts';
import { prepareData } from './data-steps.ts';
import { LaneSteps } from './lane-steps.ts';
import { lineUp } from './line-up.ts';
import type { PlanLoop, ProjectMemory, ProjectRecord } from './memory.ts';
import { prepareNetworks } from './network-steps.ts';
import { mayTry } from './next-try.ts';
import type { ObservedState, TunnelSnapshot } from './observed.ts';
import { type Need, PlanSteps } from './plan-steps.ts';
import { type Draft, isReplaced, prepareNames, prepareSurplus } from './prepare-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import { removalsOf, removeOrphans, stopRemoved } from './removals.ts';
import { clearBeside } from './restore-steps.ts';
import { planStop } from './retire.ts';
import type { EngineStep, Step } from './step.ts';
import type { Skipped } from './target.ts';
import { planTunnel } from './tunnel-steps.ts';
import type { Kept } from './volume-changes.ts';
import { prepareVolumes } from './volume-steps.ts';
import { keepAside, keptOnes, wayBack } from './way-back.ts';

export interface Plan<Kind extends Step = EngineStep> {
  /** In an order in which they can be carried out one by one; `needs` says what may run side by side. */
  readonly steps: readonly Kind[];
  readonly skipped: readonly Skipped[];
  /** What is said and not acted on, such as a volume that is defined otherwise now. */
  readonly notices: readonly (Kept & { readonly project: string })[];
  /** The state that each project is brought to: the desired one, or its last good one while that one waits. */
  readonly targets: ReadonlyMap<string, DesiredProject>;
}

/** Equal for two plans that ask for the same: ids of containers, which differ by pass, are left out. */
export function planFingerprint(steps: readonly Step[]): string {
  const volatile = new Set(['container', 'id', 'replaces', 'from', 'needs', 'name', 'expected']);
  return canonicalHash(
    steps.map(step => Object.entries(step).filter(([key]) => !volatile.has(key))).map(Object.fromEntries),
  );
}

/** Containers whose port another one needs, or that stop before any other starts. */
function stopEarly(drafts: readonly Draft[], steps: PlanSteps): void {
  const wanted = drafts.flatMap(({ analysis }) =>
    analysis.instances
      .filter(({ action }) => action !== 'keep')
      .flatMap(instance =>
        hostPorts(analysis.project.model.services[instance.service] ?? {}).map(port => ({ port, instance })),
      ),
  );
  for (const { analysis, ready } of drafts) {
    const stopFirst = analysis.project.update.strategy === 'stop-first';
    let before: number[] = [];
    for (const instance of [...analysis.instances].reverse()) {
      const { container } = instance;
      const again = stopFirst && instance.action === 'restart';
      if (container === undefined || !(isReplaced(instance) || again)) continue;
      const claim = wanted.find(
        other => other.instance !== instance && container.ports.some(held => portsClash(held, other.port)),
      );
      if (!stopFirst && claim === undefined) continue;
      const reason =
        claim === undefined || stopFirst
          ? instance.reason
          : `its port is needed for ${claim.instance.service}`;
      const step = steps.stop(container, reason, [...ready, ...(stopFirst ? before : [])]);
      if (step !== undefined) before = [...before, step];
    }
  }
}

/** The health gate, and what goes only after it: containers and networks that nothing wants any more. */
function finish(
  draft: Draft,
  changed: readonly number[],
  context: Omit<PlanInput, 'desired'> & { readonly steps: PlanSteps },
): void {
  const { analysis, ready, networks } = draft;
  const { memory, steps } = context;
  const { name, digest } = analysis.project;
  const surplus = analysis.instances.flatMap(instance => instance.surplus);
  const restores = ready.some(index => steps.steps[index]?.kind === 'restore-volumes');
  const touched = changed.length > 0 || surplus.length > 0 || restores;
  const record = memory.projects.get(name);
  const proven = record?.lastGood?.digest === digest && record.restored?.state !== 'begun';
  const orphans = [...surplus, ...analysis.orphans, ...keptOnes(draft)];
  const orphanStops = orphans.map(({ container }) => steps.stops.get(container.id));
  let gate: Need;
  if (touched || !proven) {
    const reason = touched
      ? 'health decides whether the change stays'
      : 'this state has not been healthy here yet';
    const needs = [...ready, ...networks.values(), ...changed, ...orphanStops];
    gate = steps.add({ kind: 'wait-healthy', project: name, reason }, needs);
  }
  removeOrphans({ ...analysis, orphans }, steps, gate, changed);
  clearBeside(name, gate, context);
}

/** A plan of all that a device does. */
export type WholePlan = Plan<Step>;

interface PlanInput {
  readonly desired: DesiredState;
  readonly observed: ObservedState;
  readonly memory: ProjectMemory;
}

/** The tunnel and the apps, as a pull request shows them. A device plans them apart: neither waits for the other. */
export function planWhole({ tunnel, ...input }: PlanInput & { readonly tunnel: TunnelSnapshot }): WholePlan {
  const { steps, ...plan } = planDevice(input);
  const first = planTunnel(input.desired.tunnel, tunnel, input.memory);
  const shifted = steps.map(step => ({ ...step, needs: step.needs.map(need => need + first.length) }));
  return { ...plan, steps: [...first, ...shifted] };
}

/**
 * Plans the apps of one pass. Pure and deterministic: the same arguments give the same plan; empty when nothing differs.
 * Time stands in `memory.nowMs`.
 */
export function planDevice(input: PlanInput): Plan {
  const { desired, observed, memory } = input;
  if (desired.retired === 'stop')
    return { ...planStop(desired, observed, memory), notices: [], targets: new Map() };
  const paused: Skipped[] = [];
  for (;;) {
    const plan = planWithout(paused, input);
    const found = pausesOf(plan, input.memory);
    if (found.length === 0) return plan;
    // Without them the others are planned anew: what they would have given free they hold.
    paused.push(...found);
  }
}

function whatWasGood({ project }: ProjectAnalysis, memory: ProjectMemory) {
  const { lastGood, starting = [] } = memory.projects.get(project.name) ?? {};
  const isLastGood = lastGood?.digest === project.digest;
  return lastGood === undefined ? { isLastGood, firstTake: { owed: starting } } : { isLastGood };
}

function planWithout(paused: readonly Skipped[], { desired, observed, memory }: PlanInput): Plan {
  const steps = new PlanSteps();
  const { removals, staying } = removalsOf(desired, observed, memory);
  const removed = new Set(removals.map(({ project }) => project.name));
  const { analyses, skipped } = lineUp({ desired, observed, memory, removed, staying, paused });
  const refused: Skipped[] = [];
  const { windows } = desired.settings;
  const context = { projects: desired.projects, windows, observed, memory, steps, refused };
  const drafts = analyses.map(
    (analysis): Draft => ({
      analysis,
      ...whatWasGood(analysis, memory),
      ready: prepareData(analysis, context),
      networks: new Map(),
      volumes: new Map(),
      detached: new Map(),
    }),
  );
  stopRemoved(removals, drafts, steps);
  for (const draft of drafts) {
    prepareVolumes(draft, steps);
    prepareSurplus(draft, steps);
    keepAside(draft, steps);
    prepareNames(draft, observed.containers, steps);
  }
  stopEarly(drafts, steps);
  for (const removal of removals) removeOrphans(removal, steps);
  for (const draft of drafts) prepareNetworks(draft, observed, steps);
  for (const draft of drafts) {
    finish(draft, new LaneSteps(draft, observed.containers, steps).addAll(), { observed, memory, steps });
  }
  for (const project of desired.projects) wayBack(project, { observed, memory, steps, skipped });
  return {
    steps: steps.steps,
    skipped: [...staying, ...skipped, ...refused],
    notices: analyses.flatMap(({ project, kept }) => kept.map(one => ({ project: project.name, ...one }))),
    targets: new Map(analyses.map(({ project }) => [project.name, withBackup(project, desired)])),
  };
}

/** What the commit says of backups holds for an earlier state, too: none is kept with that. */
function withBackup(project: DesiredProject, { projects }: DesiredState): DesiredProject {
  const backup = projects.find(({ name }) => name === project.name)?.backup;
  return backup === undefined || backup === project.backup ? project : { ...project, backup };
}

function pauseOf(record: ProjectRecord, digest: string, steps: readonly EngineStep[], nowMs: number) {
  const notYet = (one: PlanLoop) =>
    !mayTry(one, nowMs) && one.digest === digest && one.fingerprint === planFingerprint(steps);
  const { loop, mending } = record;
  const nextTry = ({ nextMs = 0 }: PlanLoop) => `next try at ${timeWord(nextMs)}`;
  if (mending !== undefined && notYet(mending)) {
    const { code, message } = mending;
    return { why: 'backoff' as const, code, reason: `${message}; ${nextTry(mending)}` };
  }
  if (loop === undefined || !notYet(loop)) return undefined;
  const reason = `the same steps were carried out before and something undoes them; ${nextTry(loop)}`;
  return { why: 'loop' as const, code: 'ENGINE_NOT_CONVERGING', reason };
}

/** Projects whose same steps failed for the last good state, or were undone at once: they are left alone for a while. */
function pausesOf(plan: Plan, memory: ProjectMemory): Skipped[] {
  return [...plan.targets.values()].flatMap(({ name, digest }): Skipped[] => {
    const record = memory.projects.get(name);
    const steps = stepsOf(plan.steps, name);
    if (record === undefined || steps.length === 0) return [];
    const pause = pauseOf(record, digest, steps, memory.nowMs);
    return pause === undefined ? [] : [{ project: name, ...pause }];
  });
}

/** The steps of one project. */
export function stepsOf(steps: readonly EngineStep[], project: string): EngineStep[] {
  return steps.filter(step => step.project === project);
}
