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

function ailment(project: DesiredProject, container: ObservedContainer): string | undefined {
  const { service, state } = container;
  if (state === 'restarting')
    return `${service} crashes again and again (exit code ${container.exitCode ?? '?'})`;
  if (container.health === 'unhealthy') return `${service} is unhealthy`;
  if (state === 'running') return undefined;
  return isFinished(project.model.services[service], container) ? undefined : `${service} is ${state}`;
}

/** Why a project that needs no step is not healthy, or undefined. */
export function ailmentOf(project: DesiredProject, observed: ObservedState): string | undefined {
  for (const container of observed.containers) {
    if (container.project !== project.name) continue;
    const found = ailment(project, container);
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
