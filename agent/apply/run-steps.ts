/** Carries out the steps of a plan: side by side where nothing forbids it, projects apart from each other. */
import { TowlineError } from '../../core/errors.ts';
import type { EngineStep } from '../../core/plan/step.ts';
import { stepFacts } from '../../core/plan/step-facts.ts';

export interface StepFailure {
  readonly step: EngineStep;
  readonly error: unknown;
}

export interface RunResult {
  /** Project → its first failure. */
  readonly failures: ReadonlyMap<string, StepFailure>;
  readonly done: readonly EngineStep[];
  /** Steps that were begun, in order. */
  readonly begun: readonly EngineStep[];
}

export interface RunLimits {
  readonly parallelPulls: number;
  /** Steps at the engine at once, besides pulls. */
  readonly parallelSteps: number;
  /** Containers made or started at once, beside the other steps; absent: they are among those. */
  readonly parallelStarts?: number;
}

/** Gives out a bounded number of places. */
class Places {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async use<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>(resolve => this.#queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/**
 * Runs steps as soon as what they need is done. The first failure of a project ends that project; what was begun is
 * waited for. Never throws: an abort shows as the failure of what it met.
 */
export async function runSteps(
  steps: readonly EngineStep[],
  limits: RunLimits,
  run: (step: EngineStep) => Promise<void>,
  signal: AbortSignal,
): Promise<RunResult> {
  const failures = new Map<string, StepFailure>();
  const done: EngineStep[] = [];
  const begun: EngineStep[] = [];
  const pulls = new Places(limits.parallelPulls);
  const others = new Places(limits.parallelSteps);
  const starts = limits.parallelStarts === undefined ? others : new Places(limits.parallelStarts);
  const places = { pull: pulls, start: starts, other: others };
  const outcomes: Promise<boolean>[] = [];
  const attempt = async (step: EngineStep): Promise<boolean> => {
    if (signal.aborted || failures.has(step.project)) return false;
    begun.push(step);
    try {
      await run(step);
      done.push(step);
      return true;
    } catch (error) {
      if (!failures.has(step.project)) failures.set(step.project, { step, error });
      return false;
    }
  };
  const start = async (step: EngineStep): Promise<boolean> => {
    const needs = await Promise.all(step.needs.map(index => outcomes[index] ?? Promise.resolve(false)));
    if (needs.includes(false)) {
      const { project } = step;
      const error = new TowlineError(
        'ENGINE_OTHER_PROJECT',
        'a step of another app that this one waits for has failed',
      );
      if (!signal.aborted && !failures.has(project)) failures.set(project, { step, error });
      return false;
    }
    const { place } = stepFacts[step.kind];
    return place === 'none' ? attempt(step) : places[place].use(() => attempt(step));
  };
  for (const step of steps) outcomes.push(start(step));
  await Promise.all(outcomes);
  if (signal.aborted) {
    for (const step of steps) {
      if (!done.includes(step) && !failures.has(step.project)) {
        failures.set(step.project, { step, error: signal.reason });
      }
    }
  }
  return { failures, done, begun };
}
