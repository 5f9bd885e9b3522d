/** What came of a pass, in the words of the status file. */

import { instanceCount } from '../../core/desired/container-name.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { isFinished } from '../../core/plan/instance.ts';
import type { ObservedContainer, ObservedState } from '../../core/plan/observed.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Skipped } from '../../core/plan/target.ts';
import type { Kept } from '../../core/plan/volume-changes.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Leftover } from '../projects/leftovers.ts';

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
  /** What containers that failed said last: at most 200 printable characters, redacted. */
  readonly lastWords?: string | undefined;
  /** What is left as it is though the file says otherwise. */
  readonly kept?: readonly Kept[];
  readonly services: readonly ServiceStatus[];
}

export interface ApplyOutcome {
  readonly outcome: Outcome;
  readonly projects: readonly ProjectOutcome[];
  /** What is not needed any more and cannot be removed. */
  readonly leftovers: readonly Leftover[];
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
  restore: 'degraded',
  'other-project': 'waiting',
};

/** States that say of the services that run: as before. */
const quiet = new Set<ProjectState>(['rolled-back', 'waiting', 'paused']);

export interface Told {
  readonly state: ProjectState;
  /** It is the last good state that is wanted: as good as its services are. */
  readonly mending?: boolean;
  readonly message: string | undefined;
  readonly code: string | undefined;
}

/** Why a project is not brought to its desired state now. */
export function skippedResult(
  { skipped, targets }: Pick<Plan, 'skipped' | 'targets'>,
  name: string,
  hasLastGood: boolean,
): Told | undefined {
  const own = skipped.filter(({ project }) => project === name);
  const conflict = own.find(({ why }) => why === 'conflict');
  // Nothing is brought to any state: that the desired one waits too is the smaller news.
  const pause = own.find(({ why }) => why === 'backoff' || why === 'loop');
  const first = conflict ?? pause ?? own[0];
  if (first === undefined) return undefined;
  const state = first.why === 'set-aside' && !hasLastGood ? 'failed' : stateWhenSkipped[first.why];
  const mending = first.why === 'backoff' && !targets.has(name);
  return { state, mending, message: first.reason, code: first.code };
}

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
  const upMs = nowMs - inspection.startedAtMs;
  // One that was started in the future was started by a clock that was ahead.
  return upMs >= 0 && upMs < project.update.stablePeriodMs;
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
 * @param starting ids of containers whose start is owed: they have not finished, however they ended
 */
export function ailmentOf(
  project: DesiredProject,
  observed: ObservedState,
  nowMs: number,
  starting: readonly string[] = [],
): string | undefined {
  const own = observed.containers.filter(container => container.project === project.name);
  for (const [service, definition] of Object.entries(project.model.services)) {
    for (let number = 1; number <= instanceCount(definition); number++) {
      const there = own.some(one => one.service === service && one.number === number);
      if (!there) return `${service} has no container`;
    }
  }
  for (const container of own) {
    const owed = container.state === 'exited' && starting.includes(container.id);
    const found = owed ? `${container.service} is stopped` : ailment(project, container, nowMs);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a pass says of its project is no reason to keep quiet that its services are not well. */
export function withAilment(told: Told | undefined, ailment: string | undefined): Omit<Told, 'mending'> {
  if (told === undefined) {
    const state = ailment === undefined ? 'healthy' : 'degraded';
    return { state, message: ailment, code: undefined };
  }
  const { mending = false, ...result } = told;
  if (mending) return { ...result, state: ailment === undefined ? 'degraded' : 'failed' };
  if (ailment === undefined || !quiet.has(result.state)) return result;
  return { ...result, message: [result.message, ailment].filter(Boolean).join('; ') };
}

/** What runs is not what the commit says as long as something is kept as it was, however well it runs. */
export function withKept(result: Omit<Told, 'mending'>, kept: readonly Kept[]): Omit<Told, 'mending'> {
  if (kept.length === 0) return result;
  const first = kept.find(({ harmless }) => harmless !== true);
  const messages = [result.message, ...kept.map(({ message }) => message)];
  const message = messages.filter(Boolean).join('; ');
  if (first !== undefined && result.state === 'healthy')
    return { state: 'degraded', code: first.code, message };
  return ['healthy', 'degraded'].includes(result.state) || quiet.has(result.state)
    ? { ...result, message }
    : result;
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
