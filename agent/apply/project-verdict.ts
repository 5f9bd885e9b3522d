/** What comes of one project: proven, set aside and rolled back, or to be tried again. */
import type { DesiredProject } from '../../core/desired/state.ts';
import { type ErrorCode, errorRegistry, isTowlineError } from '../../core/errors.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { planDevice, planFingerprint, stepsOf } from '../../core/plan/plan.ts';
import { projectTrees } from '../../core/plan/project-files.ts';
import type { Step, StepKind } from '../../core/plan/step.ts';
import { longestRetryMs, type Skipped } from '../../core/plan/target.ts';
import { namedIfDiskFull } from '../disk-full.ts';
import { engineStatus } from '../engine.ts';
import { type ApplyOptions, runPlan } from './apply.ts';
import { removeTreesExcept } from './file-trees.ts';
import {
  ailmentOf,
  type ProjectOutcome,
  type ProjectState,
  serviceStatuses,
  stateWhenSkipped,
} from './outcome.ts';
import { projectFolders } from './project-folders.ts';
import type { StepFailure } from './run-steps.ts';

/** Pauses before a project is looked at again when the engine's state was not what the plan was made of. */
const staleDelaysMs = [100, 500, 2_000];

const firstRetryMs = 30_000;

/** Steps after which a service may not be as it was. */
const disturbing = new Set<StepKind>([
  'stop-container',
  'remove-container',
  'rename-container',
  'disconnect-network',
  'remove-network',
  'start-container',
]);

/** What a request that an agent before this one left on its way may have made after the snapshot goes by these. */
const clearing = new Set<StepKind>(['stop-container', 'remove-container', 'remove-network', 'wait-healthy']);

interface Failure {
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

/** Something has changed since the snapshot: another tool, or a request of an agent that was killed. */
function isStale(error: unknown): boolean {
  const status = engineStatus(error);
  if (status === 404 || status === 409) return true;
  // 403: an attachment that a request still on its way has made.
  const attached = /already exists in network|has active endpoints/;
  if (status === 403 && error instanceof Error && attached.test(error.message)) return true;
  // A network that a request still on its way has made a second time, or a container that somebody removed.
  return (
    isTowlineError(error) &&
    error.code === 'ENGINE_START_FAILED' &&
    /is ambiguous \(\d+ matches|No such container/.test(error.message)
  );
}

function describe(failure: StepFailure): Failure {
  const error = namedIfDiskFull(failure.error);
  const message = error instanceof Error ? error.message : String(error);
  return { code: isTowlineError(error) ? error.code : undefined, message };
}

export class ProjectVerdict {
  readonly #options: ApplyOptions;
  readonly #project: DesiredProject;
  #result: { state: ProjectState; message: string; code: string | undefined } | undefined;

  constructor(options: ApplyOptions, project: DesiredProject) {
    this.#options = options;
    this.#project = project;
  }

  get #name(): string {
    return this.#project.name;
  }

  /** Steps went well: the files of older states go, and the next plan must be empty. */
  async confirm(observed: ObservedState, steps: readonly Step[]): Promise<void> {
    const { store, plan, desired, clock, log } = this.#options;
    const target = plan.targets.get(this.#name);
    if (target === undefined) return;
    const memory = await store.memory(clock.now());
    const keep = new Set(projectTrees(target).keys());
    const { lastGood } = memory.projects.get(this.#name) ?? {};
    for (const hash of lastGood === undefined ? [] : projectTrees(lastGood).keys()) keep.add(hash);
    await removeTreesExcept(projectFolders(this.#options.settings, this.#name), keep);
    const again = stepsOf(planDevice({ desired, observed, memory }).steps, this.#name);
    if (again.length === 0) return;
    if (again.every(({ kind }) => clearing.has(kind))) {
      log.info({ project: this.#name, reasons: again.map(({ reason }) => reason) }, 'clearing away');
      const { failure } = await this.#planAndRun();
      if (failure === undefined) return;
    }
    const fingerprint = planFingerprint(again);
    log.warn(
      { project: this.#name, reasons: again.map(({ reason }) => reason) },
      'the next plan is not empty',
    );
    if (fingerprint !== planFingerprint(steps)) return;
    await store.update(this.#name, { loop: { digest: target.digest, fingerprint } });
    this.#result = {
      state: 'degraded',
      code: 'ENGINE_NOT_CONVERGING',
      message: `the same steps are asked for again: ${again[0]?.reason ?? ''}`,
    };
  }

  /** A step failed. @throws what ends the pass: the engine is gone, or it was aborted */
  async fail(failure: StepFailure, begun: readonly Step[]): Promise<void> {
    const { plan, signal, clock, log } = this.#options;
    const all = [...begun];
    let current = failure;
    for (const delayMs of staleDelaysMs) {
      signal.throwIfAborted();
      if (!isStale(current.error)) break;
      log.info({ project: this.#name, why: describe(current).message }, 'looking again');
      await clock.sleep(delayMs, signal);
      const again = await this.#planAndRun();
      if (again.failure === undefined) return;
      current = again.failure;
      all.push(...again.begun);
    }
    signal.throwIfAborted();
    const { code, message } = describe(current);
    if (code === 'ENGINE_UNREACHABLE') throw current.error;
    const untouched = !all.some(({ kind }) => disturbing.has(kind));
    if (plan.targets.get(this.#name)?.digest !== this.#project.digest) {
      this.#result = { state: 'failed', code, message: `its last good state cannot be had: ${message}` };
      return;
    }
    if (untouched && code !== undefined && errorRegistry[code].next === 'retry') {
      await this.#tryLater(code, message);
      return;
    }
    if (code === 'ENGINE_OTHER_PROJECT' || code === 'AGENT_DISK_FULL') {
      // This state has not failed. Until the next try its last good one is put together again.
      await this.#tryLater(code, message);
      const { failure: second } = await this.#planAndRun();
      if (second !== undefined && describe(second).code === 'ENGINE_UNREACHABLE') throw second.error;
      return;
    }
    await this.#rollBack(code, message);
  }

  /** Plans this project alone against what is now, and carries that out. */
  async #planAndRun(): Promise<{ failure: StepFailure | undefined; begun: readonly Step[] }> {
    const { store, clock, desired, observe, signal } = this.#options;
    const memory = await store.memory(clock.now());
    const observed = onlyProject(await observe(signal), this.#name);
    const plan = planDevice({ desired: { ...desired, projects: [this.#project] }, observed, memory });
    const steps = plan.steps.filter(step => 'project' in step);
    const offset = plan.steps.length - steps.length;
    const shifted = steps.map(step => ({ ...step, needs: step.needs.map(need => need - offset) }) as Step);
    const result = await runPlan(this.#options, { ...plan, steps: shifted }, observed);
    signal.throwIfAborted();
    return { failure: result.failures.get(this.#name), begun: result.begun };
  }

  async #tryLater(code: ErrorCode, message: string): Promise<void> {
    const { store, clock } = this.#options;
    const { digest } = this.#project;
    const before = (await store.record(this.#name)).attempts;
    const count = before?.digest === digest ? before.count + 1 : 1;
    const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (count - 1));
    const nextMs = clock.now() + pauseMs;
    await store.update(this.#name, { attempts: { digest, count, nextMs, code, message } });
    const state = (await store.record(this.#name)).lastGood === undefined ? 'failed' : 'degraded';
    this.#result = { state, code, message: `${message}; tried again in ${Math.round(pauseMs / 1000)} s` };
  }

  /** First it is remembered that this state failed, then the last good one is planned like any other. */
  async #rollBack(code: ErrorCode | undefined, message: string): Promise<void> {
    const { store, clock, log } = this.#options;
    const { digest } = this.#project;
    const setAside = { digest, code: code ?? 'ENGINE_REFUSED', message, atMs: clock.now() };
    await store.update(this.#name, { setAside, attempts: undefined });
    if ((await store.record(this.#name)).lastGood === undefined) {
      this.#result = { state: 'failed', code, message };
      return;
    }
    log.warn({ project: this.#name, why: message }, 'rolling back');
    const { failure } = await this.#planAndRun();
    if (failure === undefined) {
      this.#result = { state: 'rolled-back', code, message };
      return;
    }
    const second = describe(failure);
    if (second.code === 'ENGINE_UNREACHABLE') throw failure.error;
    this.#result = { state: 'failed', code, message: `${message}; and going back failed: ${second.message}` };
  }

  async outcome(observed: ObservedState): Promise<ProjectOutcome> {
    const { plan, store, clock } = this.#options;
    const record = await store.record(this.#name);
    const skipped = plan.skipped.filter(({ project }) => project === this.#name);
    const told = this.#result ?? this.#skippedResult(skipped, record.lastGood !== undefined);
    const running = record.lastGood ?? plan.targets.get(this.#name);
    const ailment = running === undefined ? undefined : ailmentOf(running, observed, clock.now());
    const result =
      told ??
      (ailment === undefined
        ? { state: 'healthy' as const, message: undefined, code: undefined }
        : { state: 'degraded' as const, message: ailment, code: undefined });
    return {
      app: this.#project.app,
      project: this.#name,
      release: running?.release,
      digest: running?.digest,
      ...result,
      setAside: record.setAside?.digest === this.#project.digest ? record.setAside.digest : undefined,
      services: serviceStatuses(observed, this.#name),
    };
  }

  #skippedResult(skipped: readonly Skipped[], hasLastGood: boolean) {
    const conflict = skipped.find(({ why }) => why === 'conflict');
    const first = conflict ?? skipped[0];
    if (first === undefined) return undefined;
    const state = first.why === 'set-aside' && !hasLastGood ? 'failed' : stateWhenSkipped[first.why];
    return { state, message: first.reason, code: first.code };
  }
}

/** A snapshot in which the other projects' containers are somebody else's. */
function onlyProject(observed: ObservedState, project: string): ObservedState {
  const others = observed.containers.filter(container => container.project !== project);
  return {
    ...observed,
    containers: observed.containers.filter(container => container.project === project),
    foreign: [
      ...observed.foreign,
      ...others.map(({ id, name, ports, networks }) => ({ id, name, ports, networks })),
    ],
    networks: observed.networks.map(network =>
      network.owner === undefined || network.owner.project === project
        ? network
        : { ...network, owner: undefined },
    ),
  };
}
