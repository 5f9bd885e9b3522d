/** Making, stopping, removing, naming and starting containers. */
import { mkdir } from 'node:fs/promises';
import { asText } from '../../../core/compose/value/json-access.ts';
import { containerName } from '../../../core/desired/container-name.ts';
import { networkName } from '../../../core/desired/service-networks.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import { bindPaths } from '../../../core/plan/bind-paths.ts';
import { composeServiceHash } from '../../../core/plan/compose-hash.ts';
import { containerSpec } from '../../../core/plan/container/container-spec.ts';
import { containerLabels, label } from '../../../core/plan/container/labels.ts';
import { endpoint } from '../../../core/plan/container/networking.ts';
import { presentContainer } from '../../../core/plan/instance.ts';
import { secretEnvironment } from '../../../core/plan/secret-environment.ts';
import { serviceDefinition } from '../../../core/plan/service-definition.ts';
import type { Step } from '../../../core/plan/step.ts';
import { projectFolders } from '../../projects/project-folders.ts';
import { engineStatus } from './engine.ts';
import { type ContainerDetails, containerDetails, imageDetails, made } from './engine-answers.ts';
import { containerOf, instanceKey, type RunContext, targetOf } from './run-context.ts';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** The longest that a container may take to stop; its own grace period is kept by the engine. */
const stopTimeoutMs = 15 * 60_000;

const anonymous = /^[0-9a-f]{64}$/;

/** Anonymous volumes that the container's predecessors had, and it has not. */
function leftVolumes({ Config }: ContainerDetails): [string, string][] {
  try {
    const left: unknown = JSON.parse(Config?.Labels?.[label.volumes] ?? '{}');
    if (typeof left !== 'object' || left === null) return [];
    return Object.entries(left).filter(([, volume]) => anonymous.test(String(volume)));
  } catch {
    return [];
  }
}

async function inheritedVolumes(
  context: RunContext,
  replaces: string | undefined,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const volumes = new Map<string, string>();
  if (replaces === undefined) return volumes;
  const details = await context.engine.call(
    { method: 'GET', path: `/containers/${replaces}/json`, answer: containerDetails },
    signal,
  );
  for (const [target, volume] of leftVolumes(details)) volumes.set(target, volume);
  for (const { Type, Name, Destination } of details.Mounts ?? []) {
    if (Type === 'volume' && Name !== undefined && anonymous.test(Name)) volumes.set(Destination, Name);
  }
  return volumes;
}

/** By id where a name is not enough: the engine takes several networks of one name. */
function networkReference(context: RunContext, project: string, name: string): string {
  const named = context.observed.networks.filter(network => network.name === name);
  const created = context.networks.get(name);
  if (named.length + (created === undefined ? 0 : 1) < 2) return name;
  return created ?? named.find(({ owner }) => owner?.project === project)?.id ?? name;
}

function idOf(context: RunContext, step: StepOf<'create-container'>, service: string): string {
  const created = context.created.get(instanceKey({ ...step, service, number: 1 }));
  const id = created ?? presentContainer(targetOf(context, step.project), service, context.observed)?.id;
  if (id === undefined) {
    throw new TowlineError('ENGINE_STEP_UNKNOWN', `${step.service} needs a container of ${service}`);
  }
  return id;
}

async function environmentSecrets(
  context: RunContext,
  project: DesiredProject,
  service: string,
): Promise<ReadonlyMap<string, string>> {
  const names = secretEnvironment(project, service);
  if (names.length === 0) return new Map();
  const values = await context.secrets.of(project);
  return new Map(names.map(name => [name, values.get(name) ?? '']));
}

export async function createContainer(
  step: StepOf<'create-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { engine, settings, owner } = context;
  const project = targetOf(context, step.project);
  const service = project.model.services[step.service] ?? {};
  const image = asText(service.image) ?? '';
  const { Id: imageId, Config: imageConfig } = await engine.call(
    { method: 'GET', path: `/images/${image}/json`, answer: imageDetails },
    signal,
  );
  const folders = projectFolders(settings, project.name);
  const resolve = (name: string) => idOf(context, step, name);
  const spec = containerSpec({
    project,
    service: step.service,
    name: containerName(project.model, step.service, step.number),
    labels: containerLabels({
      owner,
      project,
      service: step.service,
      number: step.number,
      definition: serviceDefinition(project, step.service),
      imageId,
      composeHash: composeServiceHash(project.model, step.service, resolve),
      workingDirectory: folders.root,
    }),
    paths: folders,
    idOf: resolve,
    networkReference: name => networkReference(context, project.name, name),
    secretEnvironment: await environmentSecrets(context, project, step.service),
    inherited: await inheritedVolumes(context, step.replaces, signal),
    imageVolumes: Object.keys(imageConfig?.Volumes ?? {}),
  });
  const bound = bindPaths(project, context.observed, (await context.store.written.now()).projects);
  await context.store.written.note(bound.filter(({ writable }) => writable).map(({ path }) => path));
  for (const folder of spec.folders) await mkdir(folder, { recursive: true });
  const platform = asText(service.platform);
  const query = { name: step.name, ...(platform === undefined ? {} : { platform }) };
  const { Id } = await engine.call(
    { method: 'POST', path: '/containers/create', query, body: spec.body, answer: made },
    signal,
  );
  for (const { name, settings: endpointSettings } of spec.furtherEndpoints) {
    await connect(context, project.name, name, Id, endpointSettings, signal);
  }
  context.created.set(instanceKey(step), Id);
}

async function connect(
  context: RunContext,
  project: string,
  name: string,
  container: string,
  settings: Record<string, unknown>,
  signal: AbortSignal,
): Promise<void> {
  const reference = networkReference(context, project, name);
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
  await connect(context, name, networkName(model, step.network), container, settings, signal);
}

/** Runs `call`; a container or network that is gone by now is no error. */
async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
  }
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
    // Engines give it no status of its own; an agent that was killed may have left this request on its way.
    const done = error instanceof Error && error.message.includes('is not connected to the network');
    if (!done) throw error;
  }
}

/** The engine keeps the container's own grace period. */
export async function stopContainer(
  step: StepOf<'stop-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const stop = () =>
    context.engine.call(
      { method: 'POST', path: `/containers/${step.container}/stop`, timeoutMs: stopTimeoutMs },
      signal,
    );
  const paused = context.observed.containers.some(
    ({ id, state }) => id === step.container && state === 'paused',
  );
  if (paused) {
    // A frozen process cannot answer its signal.
    await context.engine
      .call({ method: 'POST', path: `/containers/${step.container}/unpause` }, signal)
      .catch(() => undefined);
  }
  await unlessGone(stop());
}

export async function removeContainer(
  step: StepOf<'remove-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const query = { v: step.withVolumes, force: true };
  try {
    await unlessGone(
      context.engine.call({ method: 'DELETE', path: `/containers/${step.container}`, query }, signal),
    );
  } catch (error) {
    // 409: its removal is under way already.
    if (engineStatus(error) !== 409) throw error;
  }
}

export async function renameContainer(
  step: StepOf<'rename-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const id = containerOf(context, step);
  try {
    await context.engine.call(
      { method: 'POST', path: `/containers/${id}/rename`, query: { name: step.name } },
      signal,
    );
  } catch (error) {
    // A rename that an agent before this one left on its way was quicker.
    if (!(error instanceof Error && error.message.includes('same name as its current name'))) throw error;
  }
}

export async function unpauseContainer(
  step: StepOf<'unpause-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  await unlessGone(
    context.engine.call({ method: 'POST', path: `/containers/${step.container}/unpause` }, signal),
  );
}

/** @throws TowlineError ENGINE_START_FAILED with the engine's own words */
export async function startContainer(
  step: StepOf<'start-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const id = containerOf(context, step);
  try {
    await context.engine.call(
      { method: 'POST', path: `/containers/${id}/start`, timeoutMs: 5 * 60_000 },
      signal,
    );
  } catch (error) {
    const status = engineStatus(error);
    if (status === undefined || !(error instanceof Error)) throw error;
    throw new TowlineError('ENGINE_START_FAILED', `${step.service} does not start: ${error.message}`, {
      cause: error,
      details: { project: step.project, service: step.service },
    });
  }
}
