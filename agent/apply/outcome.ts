/** What came of a pass, in the words of the status file. */
import type { DesiredProject } from '../../core/desired/state.ts';
import { isFinished } from '../../core/plan/instance.ts';
import type { ObservedContainer, ObservedState } from '../../core/plan/observed.ts';
import type { Skipped } from '../../core/plan/target.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

export type Outcome = StatusFile['outcome'];
export type ProjectState = StatusFile['projects'][number]['state'];
export type ServiceStatus = StatusFile['projects'][number]['services'][number];

export interface ProjectOutcome {
  readonly app: string;
  readonly project: string;
  readonly release: string | undefined;
  /** Digest of the state that runs. */
  readonly digest: string | undefined;
  readonly state: ProjectState;
  readonly message: string | undefined;
  readonly code: string | undefined;
  /** Digest of the state that failed here and is not tried again. */
  readonly setAside: string | undefined;
  readonly services: readonly ServiceStatus[];
}

export interface ApplyOutcome {
  readonly outcome: Outcome;
  readonly projects: readonly ProjectOutcome[];
  /** The tunnel could not be opened or closed as it should. */
  readonly tunnelError: string | undefined;
}

/** What a project is in that is not brought to its desired state now. */
export const stateWhenSkipped: Record<Skipped['why'], ProjectState> = {
  paused: 'paused',
  held: 'paused',
  'set-aside': 'rolled-back',
  window: 'waiting',
  lock: 'waiting',
  backoff: 'degraded',
  loop: 'degraded',
  conflict: 'failed',
  'other-project': 'waiting',
};

/** The services of a project as the engine has them. */
export function serviceStatuses(observed: ObservedState, project: string): ServiceStatus[] {
  return observed.containers
    .filter(container => container.project === project)
    .map(container => ({
      name: container.service,
      image: container.image,
      state: container.state,
      ...(container.health === undefined ? {} : { health: container.health }),
      ...(container.inspection === undefined ? {} : { restarts: container.inspection.restartCount }),
      ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    }));
}

/** Between two crashes it runs: up for less than the stable period it is as little well as while it waits. */
function crashesOn(
  project: DesiredProject,
  { state, inspection }: ObservedContainer,
  nowMs: number,
): boolean {
  if (state === 'restarting') return true;
  if (state !== 'running' || inspection === undefined || inspection.restartCount < 2) return false;
  return nowMs - inspection.startedAtMs < project.update.stablePeriodMs;
}

function ailment(project: DesiredProject, container: ObservedContainer, nowMs: number): string | undefined {
  const { service, state } = container;
  if (crashesOn(project, container, nowMs)) return `${service} crashes again and again`;
  if (container.health === 'unhealthy') return `${service} is unhealthy`;
  if (state === 'running') return undefined;
  return isFinished(project.model.services[service], container) ? undefined : `${service} is ${state}`;
}

/**
 * Why a project that needs no step is not healthy, or undefined.
 * @param nowMs milliseconds since the epoch
 */
export function ailmentOf(
  project: DesiredProject,
  observed: ObservedState,
  nowMs: number,
): string | undefined {
  for (const container of observed.containers) {
    if (container.project !== project.name) continue;
    const found = ailment(project, container, nowMs);
    if (found !== undefined) return found;
  }
  return undefined;
}

const bySeverity: readonly (readonly [ProjectState, Outcome])[] = [
  ['failed', 'failed'],
  ['rolled-back', 'rolled-back'],
  ['degraded', 'degraded'],
  ['progressing', 'progressing'],
  ['waiting', 'waiting'],
  ['paused', 'paused'],
];

/** The worst of its projects; `applied` or `unchanged` when all are well. */
export function overallOutcome(projects: readonly ProjectOutcome[], changed: boolean): Outcome {
  for (const [state, outcome] of bySeverity)
    if (projects.some(project => project.state === state)) return outcome;
  return changed ? 'applied' : 'unchanged';
}
