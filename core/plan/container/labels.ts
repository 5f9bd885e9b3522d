/** Labels that say whose a thing is: ours decide, docker compose's are written beside them. */

import type { DesiredProject } from '../../desired/state.ts';
import { composeResourceHash } from '../compose-hash.ts';
import { resourceHash, type ServiceDefinition } from '../service-definition.ts';
import { dependencies } from '../service-order.ts';

export const label = {
  device: 'io.towline.device',
  fleet: 'io.towline.fleet',
  project: 'io.towline.project',
  service: 'io.towline.service',
  number: 'io.towline.number',
  /** Hash of the definition of the service, network or volume. */
  hash: 'io.towline.hash',
  /** JSON: part → short hash. Gives a change its reason. */
  parts: 'io.towline.parts',
  digest: 'io.towline.digest',
  /** JSON: target → anonymous volume that its predecessors had there and it has not: one that goes back has it again. */
  volumes: 'io.towline.volumes',
  /** Key of a network or volume in the model. */
  key: 'io.towline.key',
  /** A container of the agent itself, in which volumes are read and written: the run of the agent that made it. */
  helper: 'io.towline.helper',
  /** Of a volume that a restore has made beside one of the app: `fresh`, or `aside-<when>`. */
  restore: 'io.towline.restore',
} as const;

/** The version whose labels we write: its `ps`, `ls`, `logs` see our projects, its `up -d` changes nothing. */
export const composeVersion = '2.40.3';

export interface Owner {
  readonly device: string;
  readonly fleet: string;
}

function ours(owner: Owner, project: DesiredProject): Record<string, string> {
  return { [label.device]: owner.device, [label.fleet]: owner.fleet, [label.project]: project.name };
}

export interface ContainerLabelsInput {
  readonly owner: Owner;
  readonly project: DesiredProject;
  readonly service: string;
  readonly number: number;
  readonly definition: ServiceDefinition;
  readonly imageId: string;
  /** docker compose's own hash of the service. */
  readonly composeHash: string;
  /** Where the project's compose files would be, for `docker compose ls`. */
  readonly workingDirectory: string;
}

export function containerLabels(input: ContainerLabelsInput): Record<string, string> {
  const { owner, project, service, number, definition } = input;
  const dependsOn = dependencies(project.model, service)
    .map(({ service: name, condition, restart }) => `${name}:${condition}:${restart}`)
    .join(',');
  return {
    ...project.model.services[service]?.labels,
    ...ours(owner, project),
    [label.service]: service,
    [label.number]: String(number),
    [label.hash]: definition.hash,
    [label.parts]: JSON.stringify(definition.parts),
    [label.digest]: project.digest,
    'com.docker.compose.project': project.name,
    'com.docker.compose.service': service,
    'com.docker.compose.container-number': String(number),
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.config-hash': input.composeHash,
    'com.docker.compose.image': input.imageId,
    'com.docker.compose.depends_on': dependsOn,
    'com.docker.compose.project.config_files': `${input.workingDirectory}/compose.yaml`,
    'com.docker.compose.project.working_dir': input.workingDirectory,
    'com.docker.compose.version': composeVersion,
  };
}

/** Labels of a network or volume. */
export function resourceLabels(
  owner: Owner,
  project: DesiredProject,
  kind: 'network' | 'volume',
  key: string,
): Record<string, string> {
  const definition = kind === 'network' ? project.model.networks?.[key] : project.model.volumes?.[key];
  return {
    ...definition?.labels,
    ...ours(owner, project),
    [label.key]: key,
    [label.hash]: resourceHash(definition),
    [`com.docker.compose.${kind}`]: key,
    'com.docker.compose.project': project.name,
    'com.docker.compose.config-hash': composeResourceHash(kind, definition),
    'com.docker.compose.version': composeVersion,
  };
}
