/** What a container takes over from the one that still runs: the names of their service, then the start after a power cut. */
import { containerName } from '../../../core/desired/container-name.ts';
import { networkKeys, networkName } from '../../../core/desired/service-networks.ts';
import { TowlineError } from '../../../core/errors.ts';
import { restartPolicy } from '../../../core/plan/container/limits.ts';
import { endpoint } from '../../../core/plan/container/networking.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { heirName } from '../../../core/plan/temporary-name.ts';
import { containerDetails } from './engine-answers.ts';
import { attach, networkReference } from './network-steps.ts';
import { unlessGone } from './refusals.ts';
import { containerOf, type RunContext, targetOf } from './run-context.ts';

/**
 * An engine gives a name only with an attachment: it is taken from each network and put back at once. Nobody has asked for
 * it by then; what it has open itself on that network is cut. Its own name says last that all is done.
 */
export async function takeNames(
  step: StepOf<'take-names'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const container = containerOf(context, step);
  const { model, name: project } = targetOf(context, step.project);
  const own = containerName(model, step.service, step.number);
  for (const key of networkKeys(model.services[step.service] ?? {})) {
    const network = networkName(model, key);
    const reference = encodeURIComponent(networkReference(context, project, network));
    const body = { Container: container, Force: false };
    await context.engine.call({ method: 'POST', path: `/networks/${reference}/disconnect`, body }, signal);
    const { settings } = endpoint(model, step.service, key, own);
    await attach(context, { project, network, container, settings }, signal);
  }
  const query = { name: heirName({ id: container }, own) };
  await context.engine.call({ method: 'POST', path: `/containers/${container}/rename`, query }, signal);
}

/** Its dependents have stopped meanwhile, which may take long. @throws TowlineError ENGINE_NOT_HEALTHY */
async function stillWell(
  step: StepOf<'take-restart'>,
  { engine }: RunContext,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  const path = `/containers/${container}/json`;
  const { State: state } = await engine.call({ method: 'GET', path, answer: containerDetails }, signal);
  const health = state.Health?.Status;
  if (state.Status === 'running' && health !== 'unhealthy' && health !== 'starting') return;
  const { project, service } = step;
  const now = state.Status === 'running' ? health : state.Status;
  const message = `${service} was well under its names, and is ${now} before the old container stops`;
  throw new TowlineError('ENGINE_NOT_HEALTHY', message, { details: { project, service } });
}

/** Between the two calls both would come back, never none. */
export async function takeRestart(
  step: StepOf<'take-restart'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const container = containerOf(context, step);
  await stillWell(step, context, container, signal);
  const { model } = targetOf(context, step.project);
  const policy = restartPolicy(model.services[step.service] ?? {});
  await setRestartPolicy(context.engine, container, policy, signal);
  await unlessGone(setRestartPolicy(context.engine, step.from, { name: 'no', retries: 0 }, signal));
}

export function setRestartPolicy(
  engine: RunContext['engine'],
  container: string,
  { name: Name, retries: MaximumRetryCount }: { readonly name: string; readonly retries: number },
  signal: AbortSignal,
): Promise<unknown> {
  const body = { RestartPolicy: { Name, MaximumRetryCount } };
  return engine.call({ method: 'POST', path: `/containers/${container}/update`, body }, signal);
}
