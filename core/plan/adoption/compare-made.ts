/** A container that docker compose has made, compared with what we would ask the engine for. */
import { containerName } from '../../desired/container-name.ts';
import type { DesiredProject } from '../../desired/state.ts';
import { fieldsOf } from '../../json.ts';
import { containerSpec } from '../container/container-spec.ts';
import type { MadeCompared } from '../observed.ts';
import { fileMounts } from '../project-files.ts';
import { secretEnvironment } from '../secret-environment.ts';
import { endpointsDiffer } from './endpoints-differ.ts';
import { hostDiffers } from './host-differs.ts';
import type { MadeFacts } from './made-container.ts';
import { mountsDiffer } from './mounts-differ.ts';
import { processDiffers } from './process-differs.ts';

/** Where files lie makes no difference here: what is in them does. */
const nowhere = { files: '/', secrets: '/', memory: '/', data: '/' };

/** One container of a service; they count from 1. */
export interface MadeInstance {
  readonly service: string;
  readonly number: number;
}

/** Targets at which the service has files of the repository, which `MadeFacts.files` is to have. */
export function comparedFiles(project: DesiredProject, service: string): string[] {
  return fileMounts(project, service).flatMap(({ source, target }) =>
    source.kind === 'tree' ? [target] : [],
  );
}

/**
 * What differs is named as Compose files name it; values are not: they may be secrets. Limits, networks that it is on and
 * whose namespaces it shares are compared as those of any container of ours are.
 */
export function compareMade(
  project: DesiredProject,
  { service, number }: MadeInstance,
  facts: MadeFacts,
): MadeCompared {
  const definition = project.model.services[service] ?? {};
  const name = containerName(project.model, service, number);
  const variables = secretEnvironment(project, service);
  const opened = variables.map(variable => [variable, facts.secrets?.get(variable) ?? ''] as const);
  const { body } = containerSpec({
    project,
    service,
    name,
    labels: definition.labels ?? {},
    paths: nowhere,
    idOf: other => other,
    networkReference: network => network,
    secretEnvironment: new Map(opened),
    inherited: new Map(),
    imageVolumes: [],
  });
  const mounts = mountsDiffer(project, service, facts);
  const differs = [
    ...processDiffers(body, facts),
    ...hostDiffers(fieldsOf(body.HostConfig), definition, facts),
    ...endpointsDiffer(project, service, name, facts.made),
    ...mounts.differs,
  ];
  return { differs, refusal: mounts.refusal };
}
