/** Making a container. */
import { mkdir } from 'node:fs/promises';
import { containerName } from '../../../core/desired/container-name.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import { bindPaths } from '../../../core/plan/bind-paths.ts';
import { composeServiceHash } from '../../../core/plan/compose-hash.ts';
import { containerSpec } from '../../../core/plan/container/container-spec.ts';
import { containerLabels, label } from '../../../core/plan/container/labels.ts';
import { presentContainer } from '../../../core/plan/instance.ts';
import { secretEnvironment } from '../../../core/plan/secret-environment.ts';
import { serviceDefinition } from '../../../core/plan/service-definition.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { projectFolders } from '../../projects/project-folders.ts';
import { isAnonymous } from './containers.ts';
import { type ContainerDetails, containerDetails, made } from './engine-answers.ts';
import { knownImage } from './gateway-pull.ts';
import { attach, networkReference } from './network-steps.ts';
import { instanceKey, type RunContext, targetOf } from './run-context.ts';

/** Anonymous volumes that the container's predecessors had, and it has not. */
function leftVolumes({ Config }: ContainerDetails): [string, string][] {
  try {
    const left: unknown = JSON.parse(Config?.Labels?.[label.volumes] ?? '{}');
    if (typeof left !== 'object' || left === null) return [];
    return Object.entries(left).filter(([, volume]) => isAnonymous(String(volume)));
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
    if (Type === 'volume' && Name !== undefined && isAnonymous(Name)) volumes.set(Destination, Name);
  }
  return volumes;
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
  const { engine, folders: options, owner } = context;
  const project = targetOf(context, step.project);
  const service = project.model.services[step.service] ?? {};
  const known = await knownImage(context, service, signal);
  const { Id: imageId, Config: imageConfig } = known;
  const folders = projectFolders(options, project.name);
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
    beside: step.beside,
    imageVolumes: Object.keys(imageConfig?.Volumes ?? {}),
  });
  const bound = bindPaths(project, context.observed, (await context.store.written.now()).projects);
  await context.store.written.note(bound.filter(({ writable }) => writable).map(({ path }) => path));
  for (const folder of spec.folders) await mkdir(folder, { recursive: true });
  const { platform } = service;
  const query = { name: step.name, ...(platform === undefined ? {} : { platform }) };
  const body = { ...spec.body, Image: known.name };
  const { Id } = await engine.call(
    { method: 'POST', path: '/containers/create', query, body, answer: made },
    signal,
  );
  for (const { name: network, settings } of spec.furtherEndpoints) {
    await attach(context, { project: project.name, network, container: Id, settings }, signal);
  }
  context.created.set(instanceKey(step), Id);
}
