/** What comes of one project: proven, set aside and rolled back, or to be tried again. */
import type { DesiredProject } from '../../core/desired/state.ts';
import { type ErrorCode, errorRegistry } from '../../core/errors.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { planDevice, planFingerprint, stepsOf } from '../../core/plan/plan.ts';
import { projectTrees } from '../../core/plan/project-files.ts';
import type { Step, StepKind } from '../../core/plan/step.ts';
import type { Skipped } from '../../core/plan/target.ts';
import { removeTreesExcept } from '../projects/file-trees.ts';
import type { Leftovers } from '../projects/leftovers.ts';
import { projectFolders } from '../projects/project-folders.ts';
import { type ApplyOptions, runPlan } from './apply.ts';
import { describe, innocent, isStale, Untried } from './failure.ts';
import { onlyProject, planAlone } from './lone-project.ts';
import { nextTry } from './next-try.ts';
import {
  ailmentOf,
  type ProjectOutcome,
  serviceStatuses,
  stateWhenSkipped,
  type Told,
  withAilment,
} from './outcome.ts';
import type { StepFailure } from './run-steps.ts';

/** Pauses before a project is looked at again when the engine's state was not what the plan was made of. */
const staleDelaysMs = [100, 500, 2_000];

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

export class ProjectVerdict {
  readonly #options: ApplyOptions;
  readonly #project: DesiredProject;
  readonly #leftovers: Leftovers;
  #result: Told | undefined;

  constructor(options: ApplyOptions, project: DesiredProject, leftovers: Leftovers) {
    this.#options = options;
    this.#project = project;
    this.#leftovers = leftovers;
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
    await removeTreesExcept(projectFolders(this.#options.settings, this.#name), keep, this.#leftovers);
    const { mending, loop, ...record } = memory.projects.get(this.#name) ?? {};
    // What waits for its next try must show too: it has just been tried.
    const projects = new Map([...memory.projects, [this.#name, record]]);
    const next = planDevice({ desired, observed, memory: { ...memory, projects } });
    const again = stepsOf(next.steps, this.#name);
    if (mending !== undefined) await store.update(this.#name, { mending: undefined });
    if (again.length === 0) {
      if (loop !== undefined) await store.update(this.#name, { loop: undefined });
      return;
    }
    if (again.every(({ kind }) => clearing.has(kind))) {
      log.info({ project: this.#name, reasons: again.map(({ reason }) => reason) }, 'clearing away');
      const { error } = await this.#bringTo(target);
      if (error === undefined) return;
    }
    const fingerprint = planFingerprint(again);
    log.warn(
      { project: this.#name, reasons: again.map(({ reason }) => reason) },
      'the next plan is not empty',
    );
    if (fingerprint !== planFingerprint(steps) || this.#onlyEnded(again, observed)) return;
    const { digest } = target;
    const { count, nextMs } = nextTry(
      loop?.fingerprint === fingerprint ? loop : undefined,
      digest,
      clock.now(),
    );
    await store.update(this.#name, { loop: { digest, fingerprint, count, nextMs } });
    this.#result = {
      state: 'degraded',
      code: 'ENGINE_NOT_CONVERGING',
      message: `the same steps are asked for again: ${again[0]?.reason ?? ''}`,
    };
  }

  /** What ended by itself after its gate was not undone by anybody. */
  #onlyEnded(steps: readonly Step[], observed: ObservedState): boolean {
    const ended = (id: string | undefined) =>
      observed.containers.some(container => container.id === id && container.state === 'exited');
    return steps.every(
      step => step.kind === 'wait-healthy' || (step.kind === 'start-container' && ended(step.container)),
    );
  }

  /** A step failed. @throws what ends the pass: the engine is gone, or it was aborted */
  async fail(failure: StepFailure, begun: readonly Step[]): Promise<void> {
    const { plan, store, signal, clock, log } = this.#options;
    const target = plan.targets.get(this.#name) ?? this.#project;
    const all = [...begun];
    let { error } = failure;
    for (const delayMs of staleDelaysMs) {
      signal.throwIfAborted();
      if (!isStale(error)) break;
      log.info({ project: this.#name, why: describe(error).message }, 'looking again');
      await clock.sleep(delayMs, signal);
      const again = await this.#bringTo(target);
      if (again.error === undefined) return;
      error = again.error;
      all.push(...again.begun);
    }
    signal.throwIfAborted();
    const { code, message } = describe(error);
    if (code === 'ENGINE_UNREACHABLE') throw error;
    const { lastGood } = await store.record(this.#name);
    if (target.digest === lastGood?.digest) {
      await this.#mendLater(target, code, message);
      return;
    }
    const untouched = !all.some(({ kind }) => disturbing.has(kind));
    if (untouched && code !== undefined && errorRegistry[code].next === 'retry') {
      await this.#tryLater(code, message);
      return;
    }
    if (code !== undefined && (innocent.has(code) || error instanceof Untried)) {
      // This state has not failed. Until the next try its last good one is put together again.
      await this.#tryLater(code, message);
      if (lastGood !== undefined && !untouched) await this.#goBack(lastGood, code, message);
      return;
    }
    await this.#rollBack(lastGood, code, message);
  }

  /**
   * Brings this project alone to a state that the pass has begun with, or back to the last good one: no hold, window
   * or lock keeps it half-way.
   * @throws TowlineError ENGINE_UNREACHABLE; the signal's reason when it was aborted
   */
  async #bringTo(state: DesiredProject): Promise<{ error: unknown; begun: readonly Step[] }> {
    const { store, clock, desired, observe, signal } = this.#options;
    const memory = await store.memory(clock.now());
    const observed = onlyProject(await observe(signal), this.#name);
    const plan = planAlone(state, desired, observed, memory);
    const skipped = plan.skipped.find(({ project }) => project === this.#name);
    if (skipped !== undefined) return { error: new Untried(skipped), begun: [] };
    const result = await runPlan(this.#options, plan, observed);
    signal.throwIfAborted();
    const error = result.failures.get(this.#name)?.error;
    if (error !== undefined && describe(error).code === 'ENGINE_UNREACHABLE') throw error;
    return { error, begun: result.begun };
  }

  async #tryLater(code: ErrorCode, message: string): Promise<void> {
    const { store, clock } = this.#options;
    const { digest } = this.#project;
    const { attempts: before, lastGood } = await store.record(this.#name);
    const { count, nextMs, words } = nextTry(before, digest, clock.now());
    await store.update(this.#name, { attempts: { digest, count, nextMs, code, message } });
    const state = lastGood === undefined ? 'failed' : 'degraded';
    this.#result = { state, code, message: `${message}; ${words}` };
  }

  /** The last good state is never set aside: there is nothing better to go back to. */
  async #mendLater(target: DesiredProject, code: ErrorCode | undefined, message: string): Promise<void> {
    const { store, clock, desired, observe, signal } = this.#options;
    const observed = await observe(signal);
    const before = (await store.record(this.#name)).mending;
    await store.update(this.#name, { mending: undefined, loop: undefined });
    const memory = await store.memory(clock.now());
    const again = stepsOf(planDevice({ desired, observed, memory }).steps, this.#name);
    this.#result = { state: 'failed', mending: true, code, message };
    if (again.length === 0) return;
    const { digest } = target;
    const { count, nextMs, words } = nextTry(before, digest, clock.now());
    const fingerprint = planFingerprint(again);
    const mending = { digest, count, nextMs, code: code ?? 'ENGINE_REFUSED', message, fingerprint };
    await store.update(this.#name, { mending });
    this.#result = { state: 'failed', mending: true, code, message: `${message}; ${words}` };
  }

  /** First it is remembered that this state failed, then the last good one is planned like any other. */
  async #rollBack(
    lastGood: DesiredProject | undefined,
    code: ErrorCode | undefined,
    message: string,
  ): Promise<void> {
    const { store, clock, log } = this.#options;
    const { digest } = this.#project;
    const setAside = { digest, code: code ?? 'ENGINE_REFUSED', message, atMs: clock.now() };
    await store.update(this.#name, { setAside, attempts: undefined });
    if (lastGood === undefined) {
      this.#result = { state: 'failed', code, message };
      return;
    }
    log.warn({ project: this.#name, why: message }, 'rolling back');
    this.#result = { state: 'rolled-back', code, message };
    await this.#goBack(lastGood, code, message);
  }

  async #goBack(lastGood: DesiredProject, code: ErrorCode | undefined, message: string): Promise<void> {
    const { error } = await this.#bringTo(lastGood);
    if (error === undefined) return;
    const why = describe(error).message;
    this.#result = { state: 'failed', code, message: `${message}; and going back failed: ${why}` };
  }

  async outcome(observed: ObservedState): Promise<ProjectOutcome> {
    const { plan, store, clock } = this.#options;
    const record = await store.record(this.#name);
    const skipped = plan.skipped.filter(({ project }) => project === this.#name);
    const running = record.lastGood ?? plan.targets.get(this.#name);
    const ailment =
      running === undefined ? undefined : ailmentOf(running, observed, clock.now(), record.starting);
    const told = this.#result ?? this.#skippedResult(skipped, record.lastGood !== undefined);
    const result = withAilment(told, ailment);
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

  #skippedResult(skipped: readonly Skipped[], hasLastGood: boolean): Told | undefined {
    const conflict = skipped.find(({ why }) => why === 'conflict');
    // Nothing is brought to any state: that the desired one waits too is the smaller news.
    const pause = skipped.find(({ why }) => why === 'backoff' || why === 'loop');
    const first = conflict ?? pause ?? skipped[0];
    if (first === undefined) return undefined;
    const state = first.why === 'set-aside' && !hasLastGood ? 'failed' : stateWhenSkipped[first.why];
    const mending = first.why === 'backoff' && !this.#options.plan.targets.has(this.#name);
    return { state, mending, message: first.reason, code: first.code };
  }
}
