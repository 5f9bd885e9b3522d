/** steps → outcome: images first, health decides, failure goes back to the last good state. */

import type { DesiredState } from '../../core/desired/state.ts';
import { messageOf } from '../../core/errors/cause.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { type Plan, stepsOf } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { removeTreesExcept } from '../projects/file-trees.ts';
import { type Leftover, Leftovers } from '../projects/leftovers.ts';
import { projectFolders } from '../projects/project-folders.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { Engine } from '../runtime/engine/engine.ts';
import { execute } from '../runtime/engine/executors.ts';
import { collectImages, neededImages } from '../runtime/engine/image-collector.ts';
import {
  type ApplySettings,
  defaultSettings,
  type PullProgress,
  type RunContext,
} from '../runtime/engine/run-context.ts';
import { OpenedSecrets, type SecretAccess } from '../secrets/opened-secrets.ts';
import type { TunnelController } from '../tunnel/controller.ts';
import { Deadlines } from './deadlines.ts';
import {
  type ApplyOutcome,
  overallOutcome,
  type ProjectOutcome,
  serviceStatuses,
  stateWhenSkipped,
} from './outcome.ts';
import { ProjectVerdict } from './project-verdict.ts';
import { type RunResult, runSteps } from './run-steps.ts';

export interface ApplyOptions {
  readonly plan: Plan;
  readonly desired: DesiredState;
  /** The snapshot that the plan was made of. */
  readonly observed: ObservedState;
  /** A new snapshot: after the steps, and before a rollback. */
  readonly observe: (signal: AbortSignal) => Promise<ObservedState>;
  readonly engine: Engine;
  readonly tunnel: TunnelController;
  readonly store: ProjectStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly settings: Partial<ApplySettings> & Pick<ApplySettings, 'stateDirectory'>;
  /** Opens secrets; without it a project that has some fails. */
  readonly secrets?: SecretAccess;
  /** Wraps every step: for the status while it goes on, and for faults that tests inject. */
  readonly around?: (step: Step, run: () => Promise<void>) => Promise<void>;
  /** Told every two seconds or so how far each pull is. */
  readonly onPull?: (progress: PullProgress) => void;
  /** Steps at the engine at once, besides pulls; unless said otherwise 8, and 24 of containers that are made or started. */
  readonly parallelSteps?: number;
}

/** An engine starts many at once a twentieth faster than eight by eight, and stops them a tenth slower. */
const defaultParallel = { parallelSteps: 8, parallelStarts: 24 };

/** Carries out one plan with one context. */
export async function runPlan(
  options: ApplyOptions,
  plan: Plan,
  observed: ObservedState,
): Promise<RunResult> {
  const { log, signal } = options;
  const settings: ApplySettings = { ...defaultSettings, ...options.settings };
  const context: RunContext = {
    plan,
    observed,
    engine: options.engine,
    tunnel: options.tunnel,
    store: options.store,
    clock: options.clock,
    log,
    owner: { device: options.desired.device, fleet: options.desired.fleet },
    settings,
    secrets: new OpenedSecrets(options.secrets, options.desired),
    onPull: options.onPull ?? (() => undefined),
    created: new Map(),
    networks: new Map(),
  };
  using deadlines = new Deadlines(settings);
  const run = async (step: Step) => {
    const { needs: _needs, ...fields } = step;
    log.info({ step: fields }, 'step');
    const work = () => execute(step, context, deadlines.of(step, signal));
    await (options.around === undefined ? work() : options.around(step, work));
  };
  const limits = {
    parallelPulls: settings.parallelPulls,
    ...(options.parallelSteps === undefined ? defaultParallel : { parallelSteps: options.parallelSteps }),
  };
  return await runSteps(plan.steps, limits, run, signal);
}

/**
 * Carries out a plan and decides what came of it. A project that fails goes back to its last good state and its
 * digest is set aside; the others go on. What a person must know stands in the outcome.
 * @throws the signal's reason when it was aborted; TowlineError ENGINE_UNREACHABLE when the engine went away: the
 *   next pass goes on from what is there.
 */
export async function applyPlan(options: ApplyOptions): Promise<ApplyOutcome> {
  const { plan, desired, store, clock, log, signal } = options;
  await store.noteTunnel(desired.tunnel, clock.now());
  for (const notice of plan.notices) log.warn(notice, 'notice');
  const leftovers = new Leftovers(options.settings);
  const result = await runPlan(options, plan, options.observed);
  signal.throwIfAborted();
  const touched = plan.steps.some(({ kind }) => kind !== 'open-tunnel' && kind !== 'close-tunnel');
  let observed = touched ? await options.observe(signal) : options.observed;
  const projects: ProjectOutcome[] = [];
  for (const project of [...desired.projects].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const verdict = new ProjectVerdict(options, project, leftovers);
    const failure = result.failures.get(project.name);
    if (failure !== undefined) {
      log.warn(
        { project: project.name, step: failure.step.kind, error: messageOf(failure.error) },
        'step failed',
      );
      await verdict.fail(failure, stepsOf(result.begun, project.name));
      observed = await options.observe(signal);
    } else if (stepsOf(plan.steps, project.name).length > 0) {
      await verdict.confirm(observed, stepsOf(plan.steps, project.name));
    }
    projects.push(await verdict.outcome(observed));
  }
  projects.push(...(await removedProjects(options, result, observed, leftovers)));
  await store.tidy();
  await tidyImages(options);
  const tunnelFailure = result.failures.get('');
  return {
    outcome: overallOutcome(projects, plan.steps.length > 0),
    projects,
    tunnelError: tunnelFailure === undefined ? undefined : messageOf(tunnelFailure.error),
    leftovers: await sweep(leftovers, options),
  };
}

/** What stays is said and harms no project. */
async function sweep(leftovers: Leftovers, { log, signal }: ApplyOptions): Promise<readonly Leftover[]> {
  try {
    const left = await leftovers.sweep(signal);
    for (const each of left) log.warn(each, 'what was left behind cannot be removed');
    return left;
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error: messageOf(error) }, 'what was left behind cannot be looked at');
    return [];
  }
}

/** Images that nothing needs any more. What goes wrong here is said and harms no project. */
async function tidyImages(options: ApplyOptions): Promise<void> {
  const { store, clock, engine, desired, log, signal } = options;
  const settings: ApplySettings = { ...defaultSettings, ...options.settings };
  const memory = await store.memory(clock.now());
  const needed = neededImages(desired, memory);
  try {
    const lastNeeded = await store.images();
    const { minimumFreeBytes, freeSpace, imageMaxAgeMs: maxAgeMs } = settings;
    const removed = await collectImages({
      engine,
      desired,
      memory,
      lastNeeded,
      maxAgeMs,
      // Before a pull is refused for want of space, there should be some again.
      minimumFreeBytes: 2 * minimumFreeBytes,
      freeSpace,
      log,
      signal,
    });
    await store.noteImages(needed, removed, clock.now());
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error: messageOf(error) }, 'images could not be tidied');
  }
}

/** Projects that the commit does not name any more: said once and forgotten, or held back for now. */
async function removedProjects(
  options: ApplyOptions,
  result: RunResult,
  observed: ObservedState,
  leftovers: Leftovers,
): Promise<ProjectOutcome[]> {
  const { plan, desired, store, clock, settings } = options;
  const wanted = new Set(desired.projects.map(({ name }) => name));
  const names = plan.steps.flatMap(step => ('project' in step ? [step.project] : []));
  // Those that a pass removed and was cut off before it could forget them have no steps any more.
  const { projects: remembered } = await store.memory(clock.now());
  const held = new Map(plan.skipped.map(skipped => [skipped.project, skipped]));
  const gone = [...new Set([...names, ...held.keys(), ...remembered.keys()])]
    .filter(name => !wanted.has(name))
    .sort();
  const outcomes: ProjectOutcome[] = [];
  for (const name of gone) {
    const { lastGood } = remembered.get(name) ?? {};
    const app = lastGood?.app ?? name;
    const base = { app, project: name, code: undefined, setAside: undefined };
    const why = held.get(name);
    if (why !== undefined) {
      outcomes.push({
        ...base,
        release: lastGood?.release,
        digest: lastGood?.digest,
        state: stateWhenSkipped[why.why],
        message: why.reason,
        services: serviceStatuses(observed, name),
      });
      continue;
    }
    const failure = result.failures.get(name);
    if (failure === undefined) {
      // The record last: it is what tells the next pass that there is something to remove.
      await removeTreesExcept(projectFolders(settings, name), new Set(), leftovers);
      await store.forget(name);
    }
    outcomes.push({
      ...base,
      release: undefined,
      digest: undefined,
      state: failure === undefined ? 'removed' : 'degraded',
      message: failure === undefined ? undefined : messageOf(failure.error),
      services: [],
    });
  }
  return outcomes;
}
