/** Networks: made, removed, and containers attached to them. */
import { containerName } from '../../../core/desired/container-name.ts';
import { networkName } from '../../../core/desired/service-networks.ts';
import { resourceLabels } from '../../../core/plan/container/labels.ts';
import { endpoint, networkSpec } from '../../../core/plan/container/networking.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { made } from './engine-answers.ts';
import { isNotAttached, unlessGone } from './refusals.ts';
import { containerOf, type RunContext, targetOf } from './run-context.ts';

export async function createNetwork(
  step: StepOf<'create-network'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const project = targetOf(context, step.project);
  const spec = networkSpec(project.model, step.network);
  const labels = resourceLabels(context.owner, project, 'network', step.network);
  // Names need not be unique: what is somebody else's stays beside ours.
  const body = { ...spec, Labels: labels, CheckDuplicate: false };
  const { Id } = await context.engine.call(
    { method: 'POST', path: '/networks/create', body, answer: made },
    signal,
  );
  context.networks.set(step.name, Id);
}

export async function removeNetwork(
  step: StepOf<'remove-network'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  await unlessGone(context.engine.call({ method: 'DELETE', path: `/networks/${step.id}` }, signal));
}

/** By id where a name is not enough: the engine takes several networks of one name. */
export function networkReference(context: RunContext, project: string, name: string): string {
  const named = context.observed.networks.filter(network => network.name === name);
  const created = context.networks.get(name);
  if (named.length + (created === undefined ? 0 : 1) < 2) return name;
  return created ?? named.find(({ owner }) => owner?.project === project)?.id ?? name;
}

export interface Attachment {
  readonly project: string;
  /** The network's name. */
  readonly network: string;
  readonly container: string;
  readonly settings: Record<string, unknown>;
}

export async function attach(
  context: RunContext,
  { project, network, container, settings }: Attachment,
  signal: AbortSignal,
): Promise<void> {
  const reference = networkReference(context, project, network);
  await context.engine.call(
    {
      method: 'POST',
      path: `/networks/${encodeURIComponent(reference)}/connect`,
      body: { Container: container, EndpointConfig: settings },
    },
    signal,
  );
}

export async function connectNetwork(
  step: StepOf<'connect-network'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { model, name } = targetOf(context, step.project);
  const own = containerName(model, step.service, step.number);
  const { settings } = endpoint(model, step.service, step.network, own);
  const container = containerOf(context, step);
  await attach(
    context,
    { project: name, network: networkName(model, step.network), container, settings },
    signal,
  );
}

export async function disconnectNetwork(
  step: StepOf<'disconnect-network'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const body = { Container: step.container, Force: true };
  try {
    await unlessGone(
      context.engine.call({ method: 'POST', path: `/networks/${step.id}/disconnect`, body }, signal),
    );
  } catch (error) {
    // An agent that was killed may have left this request on its way.
    if (!isNotAttached(error)) throw error;
  }
}
