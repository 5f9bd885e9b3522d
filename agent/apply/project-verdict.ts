/** What comes of one project: proven, set aside and rolled back, or to be tried again. */
import type { DesiredProject } from '../../core/desired/state.ts';
import { errorRegistry } from '../../core/errors.ts';
import type { ProjectRecord } from '../../core/plan/memory.ts';
import { nextTry } from '../../core/plan/next-try.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { planDevice, planFingerprint, stepsOf } from '../../core/plan/plan.ts';
import { keptOf } from '../../core/plan/project-analysis.ts';
import { projectTrees } from '../../core/plan/project-files.ts';
import { setAsideOf } from '../../core/plan/set-aside.ts';
import type { EngineStep } from '../../core/plan/step.ts';
import { stepFacts } from '../../core/plan/step-facts.ts';
import { backTo } from '../../core/plan/target.ts';
import { removeTreesExcept } from '../projects/file-trees.ts';
import type { Leftovers } from '../projects/leftovers.ts';
import { projectFolders } from '../projects/project-folders.ts';
import { backUpLater, missingWords } from './backups.ts';
import { bringTo } from './bring-to.ts';
import { mendLater, setAside, tryLater } from './failed-project.ts';
import { describe, type Failure, innocent, isStale, Untried } from './failure.ts';
import { keepLastWords } from './last-words.ts';
import {
  ailmentOf,
  type ProjectOutcome,
  serviceStatuses,
  skippedResult,
  type Told,
  withAilment,
  withKept,
} from './outcome.ts';
import { dataWords, forgetRequest, isOfData, noteTakeBack, restoreLater } from './restores.ts';
import type { ApplyOptions } from './run-plan.ts';
import type { StepFailure } from './run-steps.ts';
import { backFailed, backToWhatRan } from './way-back.ts';

/** Pauses before a project is looked at again when the engine's state was not what the plan was made of. */
const staleDelaysMs = [100, 500, 2_000];

export class ProjectVerdict {
  readonly #options: ApplyOptions;
  readonly #project: DesiredProject;
  readonly #leftovers: Leftovers;
  #result: Told | undefined;
  #lastWords: string | undefined;

  constructor(options: ApplyOptions, project: DesiredProject, leftovers: Leftovers) {
    this.#options = options;
    this.#project = project;
    this.#leftovers = leftovers;
  }

  get #name(): string {
    return this.#project.name;
  }

  /** Steps went well: the files of older states go, and the next plan must be empty. */
  async confirm(observed: ObservedState, steps: readonly EngineStep[]): Promise<void> {
    const { store, plan, desired, clock, log } = this.#options;
    const target = plan.targets.get(this.#name);
    if (target === undefined) return;
    const memory = await store.memory(clock.now());
    const keep = new Set(projectTrees(target).keys());
    const { lastGood } = memory.projects.get(this.#name) ?? {};
    for (const hash of lastGood === undefined ? [] : projectTrees(lastGood).keys()) keep.add(hash);
    await removeTreesExcept(projectFolders(this.#options.folders, this.#name), keep, this.#leftovers);
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
    if (again.every(({ kind }) => stepFacts[kind].clears)) {
      log.info({ project: this.#name, reasons: again.map(({ reason }) => reason) }, 'clearing away');
      const { error } = await bringTo(this.#options, target);
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
  #onlyEnded(steps: readonly EngineStep[], observed: ObservedState): boolean {
    const ended = (id: string | undefined) =>
      observed.containers.some(container => container.id === id && container.state === 'exited');
    return steps.every(
      step => step.kind === 'wait-healthy' || (step.kind === 'start-container' && ended(step.container)),
    );
  }

  /** A step failed. @throws what ends the pass: the engine is gone, or it was aborted */
  async fail(failed: StepFailure, begun: readonly EngineStep[]): Promise<void> {
    const { plan, store, signal, clock, log } = this.#options;
    const target = plan.targets.get(this.#name);
    if (target === undefined) {
      signal.throwIfAborted();
      this.#result = backFailed(failed.error, skippedResult(plan, this.#name, false));
      return;
    }
    const all = [...begun];
    let { error } = failed;
    for (const delayMs of staleDelaysMs) {
      signal.throwIfAborted();
      if (!isStale(error)) break;
      log.info({ project: this.#name, why: describe(error).message }, 'looking again');
      await clock.sleep(delayMs, signal);
      const again = await bringTo(this.#options, target);
      if (again.error === undefined) return;
      error = again.error;
      all.push(...again.begun);
    }
    signal.throwIfAborted();
    if (describe(error).code === 'ENGINE_UNREACHABLE') throw error;
    this.#lastWords = await keepLastWords(this.#options, { target, error, begun: all });
    signal.throwIfAborted();
    const said = {
      ...describe(error),
      ...(this.#lastWords === undefined ? {} : { lastWords: this.#lastWords }),
    };
    const { lastGood } = await store.record(this.#name);
    const { code } = said;
    if (target.digest === lastGood?.digest) {
      const failure = { ...said, message: `${said.message}${await dataWords(this.#options, target)}` };
      const options = this.#options;
      this.#result =
        (isOfData(code) ? await restoreLater(options, target, { ...failure, code }) : undefined) ??
        (await backUpLater(options, target, failed, failure));
      // The app itself goes on as far as it can without.
      if (this.#result === undefined) this.#result = await mendLater(options, target, failure);
      else await this.#goBack(target, failure);
      return;
    }
    const untouched = !all.some(({ kind }) => stepFacts[kind].disturbs);
    const data = untouched ? undefined : await noteTakeBack(this.#options, target, all);
    const failure = data === undefined ? said : { ...said, message: `${said.message}; ${data}` };
    if (untouched && code !== undefined && errorRegistry[code].next === 'retry') {
      this.#result = await tryLater(this.#options, this.#project, { ...failure, code });
      return;
    }
    if (code !== undefined && (innocent.has(code) || error instanceof Untried)) {
      // This state has not failed. Until the next try its last good one is put together again.
      this.#result = await tryLater(this.#options, this.#project, { ...failure, code });
      if (lastGood !== undefined && !untouched) await this.#goBack(lastGood, failure);
      if (lastGood === undefined)
        this.#result = await backToWhatRan(this.#options, this.#project, this.#result);
      return;
    }
    // First it is remembered that this state failed, then the last good one is planned like any other.
    this.#result = await setAside(this.#options, this.#project, failure);
    if (lastGood === undefined) {
      this.#result = await backToWhatRan(this.#options, this.#project, this.#result);
      return;
    }
    log.warn({ project: this.#name, why: failure.message }, 'rolling back');
    this.#result = { ...this.#result, state: 'rolled-back' };
    await this.#goBack(lastGood, failure);
  }

  async #goBack(lastGood: DesiredProject, { code, message }: Failure): Promise<void> {
    const { error } = await bringTo(this.#options, backTo(lastGood, this.#project));
    if (error === undefined) return;
    const { message: why, code: of } = describe(error);
    const data = isOfData(of) ? await dataWords(this.#options, lastGood) : '';
    this.#result = { state: 'failed', code, message: `${message}; and going back failed: ${why}${data}` };
  }

  async outcome(observed: ObservedState): Promise<ProjectOutcome> {
    const { plan, store, clock } = this.#options;
    await forgetRequest(this.#options, this.#project);
    const record = await store.record(this.#name);
    const running = record.lastGood ?? plan.targets.get(this.#name);
    const ailment =
      running === undefined ? undefined : ailmentOf(running, observed, clock.now(), record.starting);
    const told = this.#result ?? skippedResult(plan, this.#name, record.lastGood !== undefined);
    const kept = running === undefined ? [] : keptOf(running, observed);
    const result = missingWords(withKept(withAilment(told, ailment), kept), record);
    return {
      app: this.#project.app,
      project: this.#name,
      release: running?.release,
      digest: running?.digest,
      ...result,
      setAside: setAsideOf(record, this.#project.digest)?.digest,
      lastWords: this.#words(record),
      kept,
      services: serviceStatuses(observed, this.#name),
    };
  }

  /** Of a failure that goes on; what was kept while the fleet wanted logs is not told when it does not any more. */
  #words(record: ProjectRecord): string | undefined {
    if (!this.#options.desired.settings.telemetryLogs) return undefined;
    const aside = setAsideOf(record, this.#project.digest);
    return this.#lastWords ?? aside?.lastWords ?? record.mending?.lastWords;
  }
}
