/** Carries out one plan of apps by what runs them. */

import type { DesiredState } from '../../core/desired/state.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { EngineStep } from '../../core/plan/step.ts';
import type { FolderOptions } from '../projects/project-folders.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { LastLog, PullProgress, Runtime } from '../runtime/runtime.ts';
import { OpenedSecrets, type SecretAccess } from '../secrets/opened-secrets.ts';
import { Deadlines, type LongestTimes } from './deadlines.ts';
import { type RunLimits, type RunResult, runSteps } from './run-steps.ts';

export interface ApplyOptions {
  readonly plan: Plan;
  readonly desired: DesiredState;
  /** The snapshot that the plan was made of. */
  readonly observed: ObservedState;
  /** A new snapshot: after the steps, and before a rollback. */
  readonly observe: (signal: AbortSignal) => Promise<ObservedState>;
  readonly runtime: Pick<Runtime, 'begin' | 'tidy' | 'lastWords'>;
  readonly store: ProjectStore;
  readonly folders: FolderOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Unless said otherwise at most 3 pulls at once, 8 other steps, and 24 of containers that are made or started. */
  readonly limits?: Partial<RunLimits & LongestTimes>;
  /** Opens secrets; without it a project that has some fails. */
  readonly secrets?: SecretAccess;
  /** Keeps what a container that failed has said; without it nothing of it is kept. */
  readonly keepLog?: (log: LastLog) => Promise<void>;
  /** Told every two seconds or so how far each pull is. */
  readonly onPull?: (progress: PullProgress) => void;
}

const defaultTimes: LongestTimes = { longestAppMs: 60 * 60_000, longestPullMs: 12 * 60 * 60_000 };
const defaultPulls = { parallelPulls: 3 };
/** An engine starts many at once a twentieth faster than eight by eight, and stops them a tenth slower. */
const defaultParallel = { parallelSteps: 8, parallelStarts: 24 };

/** Never throws: what went wrong stands in the result. */
export async function runPlan(
  options: ApplyOptions,
  plan: Plan,
  observed: ObservedState,
): Promise<RunResult> {
  const { runtime, desired, limits, log, signal, onPull = () => undefined } = options;
  const runStep = runtime.begin({
    plan,
    observed,
    owner: { device: desired.device, fleet: desired.fleet },
    secrets: new OpenedSecrets(options.secrets, desired),
    log,
    images: desired.settings.images,
    onPull,
  });
  using deadlines = new Deadlines({ ...defaultTimes, ...limits });
  const run = (step: EngineStep) => {
    const { needs: _needs, ...fields } = step;
    log.info({ step: fields }, 'step');
    return runStep(step, deadlines.of(step, signal));
  };
  const { parallelSteps } = limits ?? {};
  const parallel = parallelSteps === undefined ? defaultParallel : { parallelSteps };
  return await runSteps(plan.steps, { ...defaultPulls, ...parallel, ...limits }, run, signal);
}
