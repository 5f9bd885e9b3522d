/** How the services of a project do, asked of the engine until they are well or their time is over. */

import { containerName, instanceCount } from '../../../core/desired/container-name.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import { label } from '../../../core/plan/container/labels.ts';
import { restartPolicy } from '../../../core/plan/container/limits.ts';
import { keptContainer } from '../../../core/plan/kept-container.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { type ContainerDetails, containerDetails, containerSummaries } from './engine-answers.ts';
import { engineStatus } from './refusals.ts';
import type { RunContext } from './run-context.ts';

export const pollMs = 250;
/** So many restarts while it is watched: it will not become healthy. */
const tooManyRestarts = 3;

export type Verdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string };

export interface Probe {
  readonly service: string;
  readonly details: ContainerDetails | undefined;
}

const good: Verdict = { kind: 'good' };

/** One of docker compose's bears no label of ours, and has a name of its own. */
function adoptedId(
  { observed }: RunContext,
  { project, service, number }: { project: string; service: string; number: number },
): string | undefined {
  return observed.containers.find(
    one =>
      one.adopted !== undefined &&
      keptContainer(one) === undefined &&
      one.project === project &&
      one.service === service &&
      one.number === number,
  )?.id;
}

/** The containers of some services of a project, inspected now. */
export async function probe(
  context: RunContext,
  project: DesiredProject,
  services: readonly string[],
  signal: AbortSignal,
): Promise<Probe[]> {
  const filters = JSON.stringify({
    label: [`${label.device}=${context.owner.device}`, `${label.project}=${project.name}`],
  });
  const list = await context.engine.call(
    { method: 'GET', path: '/containers/json', query: { all: true, filters }, answer: containerSummaries },
    signal,
  );
  const wanted = services.flatMap(service =>
    Array.from({ length: instanceCount(project.model.services[service] ?? {}) }, (_, index) => ({
      service,
      number: index + 1,
      name: containerName(project.model, service, index + 1),
    })),
  );
  return Promise.all(
    wanted.map(async ({ service, number, name }) => {
      const own = list.find(({ Names }) => Names.includes(`/${name}`))?.Id;
      const id = own ?? adoptedId(context, { project: project.name, service, number });
      if (id === undefined) return { service, details: undefined };
      try {
        const path = `/containers/${id}/json`;
        return {
          service,
          details: await context.engine.call({ method: 'GET', path, answer: containerDetails }, signal),
        };
      } catch (error) {
        if (engineStatus(error) !== 404) throw error;
        return { service, details: undefined };
      }
    }),
  );
}

/** Of a look at an engine: monotonic, milliseconds. */
export interface Moment {
  readonly askedMs: number;
  readonly answeredMs: number;
}

/** Watches containers over time: what counts is that they stay as they are. */
export class HealthWatch {
  readonly #project: DesiredProject;
  readonly #stablePeriodMs: number;
  readonly #since = new Map<string, { key: string; ms: number }>();
  readonly #restarts = new Map<string, number>();

  constructor(project: DesiredProject, stablePeriodMs: number) {
    this.#project = project;
    this.#stablePeriodMs = stablePeriodMs;
  }

  /** What an engine took to answer is no time for which anything was seen to hold. */
  judge({ service, details }: Probe, { askedMs, answeredMs }: Moment): Verdict {
    if (details === undefined) return { kind: 'wait', why: `${service} has no container` };
    const { State: state, RestartCount: restarts, Id: id } = details;
    const first = this.#restarts.get(id) ?? restarts;
    this.#restarts.set(id, first);
    if (restarts - first >= tooManyRestarts) {
      const why = `${service} has restarted ${restarts - first} times, its last exit code was ${state.ExitCode}`;
      return { kind: 'bad', why };
    }
    if (state.Status === 'exited' || state.Status === 'dead') return this.#judgeEnded(service, details);
    if (state.Status !== 'running') return { kind: 'wait', why: `${service} is ${state.Status}` };
    const health = state.Health?.Status;
    if (health === 'unhealthy') return { kind: 'bad', why: `${service} is unhealthy` };
    if (health === 'starting') return { kind: 'wait', why: `${service} has not passed its health check yet` };
    const key = `${state.StartedAt} ${restarts}`;
    const since = this.#since.get(id);
    if (since?.key !== key) this.#since.set(id, { key, ms: answeredMs });
    const steadyMs = since?.key === key ? askedMs - since.ms : 0;
    return steadyMs >= this.#stablePeriodMs ? good : { kind: 'wait', why: `${service} has just started` };
  }

  #judgeEnded(service: string, { State: state, HostConfig: host }: ContainerDetails): Verdict {
    const policy = host.RestartPolicy?.Name || 'no';
    const wanted = restartPolicy(this.#project.model.services[service] ?? {}).name;
    if (state.ExitCode === 0 && ['no', 'on-failure'].includes(wanted)) return good;
    const words = state.Error === undefined || state.Error === '' ? '' : ` (${state.Error})`;
    const why = `${service} ended with ${state.ExitCode}${words}`;
    return policy === 'no' || policy === 'on-failure' ? { kind: 'bad', why } : { kind: 'wait', why };
  }
}

interface Watched {
  readonly project: DesiredProject;
  readonly services: readonly string[];
  readonly judge: (one: Probe, at: Moment) => Verdict;
}

/** Asks until `judge` says good of all, bad of one, or the time is over. @returns undefined, or why not */
async function watch(
  context: RunContext,
  { project, services, judge }: Watched,
  signal: AbortSignal,
): Promise<string | undefined> {
  const endMs = context.clock.monotonic() + project.update.healthTimeoutMs;
  for (;;) {
    const askedMs = context.clock.monotonic();
    const probes = await probe(context, project, services, signal);
    const at = { askedMs, answeredMs: context.clock.monotonic() };
    const verdicts = probes.map(one => judge(one, at));
    const bad = verdicts.find(verdict => verdict.kind === 'bad');
    if (bad?.kind === 'bad') return bad.why;
    const waiting = verdicts.find(verdict => verdict.kind === 'wait');
    if (waiting === undefined) return undefined;
    if (context.clock.monotonic() >= endMs) {
      const seconds = Math.round(project.update.healthTimeoutMs / 1000);
      return waiting.kind === 'wait' ? `${waiting.why} after ${seconds} s` : 'not healthy';
    }
    await context.clock.sleep(pollMs, signal);
  }
}

/** The health gate. @throws TowlineError ENGINE_NOT_HEALTHY */
export async function waitHealthy(
  context: RunContext,
  project: DesiredProject,
  signal: AbortSignal,
): Promise<void> {
  const health = new HealthWatch(project, project.update.stablePeriodMs);
  const services = Object.keys(project.model.services);
  const judge = (one: Probe, at: Moment) => health.judge(one, at);
  const why = await watch(context, { project, services, judge }, signal);
  if (why !== undefined) {
    throw new TowlineError('ENGINE_NOT_HEALTHY', why, { details: { project: project.name } });
  }
}

/** A dependency's condition. @throws TowlineError ENGINE_DEPENDENCY_FAILED */
export async function waitCondition(
  context: RunContext,
  project: DesiredProject,
  { service, condition }: Pick<StepOf<'wait-service'>, 'service' | 'condition'>,
  signal: AbortSignal,
): Promise<void> {
  const health = new HealthWatch(project, 0);
  const judge = (one: Probe, at: Moment): Verdict => {
    const state = one.details?.State;
    if (condition === 'service_completed_successfully') {
      if (state?.Status !== 'exited') return { kind: 'wait', why: `${service} has not ended` };
      return state.ExitCode === 0 ? good : { kind: 'bad', why: `${service} ended with ${state.ExitCode}` };
    }
    const verdict = health.judge(one, at);
    if (condition === 'service_healthy' && verdict.kind === 'good' && state?.Status !== 'running') {
      return { kind: 'bad', why: `${service} has ended` };
    }
    return verdict;
  };
  const why = await watch(context, { project, services: [service], judge }, signal);
  if (why !== undefined) {
    throw new TowlineError('ENGINE_DEPENDENCY_FAILED', `what waits for ${service} cannot start: ${why}`, {
      details: { project: project.name, service },
    });
  }
}
