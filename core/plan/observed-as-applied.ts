/** The snapshot that a device would give after a desired state was applied: a pull request is planned against it. */

import { asObject, asStrings, asText } from '../compose/value/json-access.ts';
import type { DesiredProject, DesiredState } from '../desired/state.ts';
import { expectedLimits } from './container/limits.ts';
import { networkKeys, networkName, sharedNetworkMode } from './container/networking.ts';
import { hostPorts } from './container/ports.ts';
import type { ProjectMemory } from './memory.ts';
import type {
  AttachedNetwork,
  ObservedContainer,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
} from './observed.ts';
import { projectTrees } from './project-files.ts';
import { resourceHash, serviceDefinition } from './service-definition.ts';
import { containerName, dependencies, instanceCount } from './service-order.ts';

/** A service that another one waits for until it has ended. */
function endsByItself(project: DesiredProject, service: string): boolean {
  return Object.keys(project.model.services).some(other =>
    dependencies(project.model, other).some(
      dependency =>
        dependency.service === service && dependency.condition === 'service_completed_successfully',
    ),
  );
}

function idOf(project: DesiredProject, service: string, number: number): string {
  return `applied:${containerName(project.model, service, number)}`;
}

function shared(project: DesiredProject, mode: string | undefined): string {
  if (mode?.startsWith('service:') !== true) return mode ?? '';
  return `container:${idOf(project, mode.slice('service:'.length), 1)}`;
}

function sourceOf(project: DesiredProject, source: string): string {
  const [name = '', ...mode] = source.split(':');
  return name === 'container' ? mode.join(':') : [idOf(project, name, 1), ...mode].join(':');
}

function attached(project: DesiredProject, service: string): AttachedNetwork[] {
  return networkKeys(project.model.services[service] ?? {}).map(key => {
    const name = networkName(project.model, key);
    return { name, id: `applied:${name}` };
  });
}

function container(project: DesiredProject, service: string, number: number): ObservedContainer {
  const definition = project.model.services[service] ?? {};
  const image = asText(definition.image) ?? '';
  const ended = endsByItself(project, service);
  return {
    id: idOf(project, service, number),
    name: containerName(project.model, service, number),
    project: project.name,
    service,
    number,
    ...serviceDefinition(project, service),
    image,
    imageId: `applied:${image}`,
    state: ended ? 'exited' : 'running',
    exitCode: ended ? 0 : undefined,
    health: definition.healthcheck === undefined ? undefined : 'healthy',
    status: '',
    createdMs: 0,
    networkMode: shared(project, sharedNetworkMode(definition)),
    networks: attached(project, service),
    ports: ended ? [] : hostPorts(definition),
    inspection: {
      limits: expectedLimits(definition),
      pidMode: shared(project, asText(definition.pid)),
      ipcMode: shared(project, asText(definition.ipc)),
      volumesFrom: asStrings(definition.volumes_from).map(source => sourceOf(project, source)),
      restartCount: 0,
      startedAtMs: 0,
    },
  };
}

function containers(project: DesiredProject): ObservedContainer[] {
  return Object.entries(project.model.services).flatMap(([service, definition]) =>
    Array.from({ length: instanceCount(definition) }, (_, index) => container(project, service, index + 1)),
  );
}

function resources(
  project: DesiredProject,
  kind: 'networks' | 'volumes',
): (ObservedNetwork & ObservedVolume)[] {
  const used = Object.values(project.model.services).flatMap(networkKeys);
  const declared = Object.keys(project.model[kind] ?? {});
  const keys = kind === 'networks' ? [...new Set([...declared, ...used])] : declared;
  return keys.map(key => {
    const definition = asObject(project.model[kind]?.[key]);
    const name = asText(definition.name) ?? `${project.name}_${key}`;
    const owner =
      definition.external === true
        ? undefined
        : { project: project.name, key, hash: resourceHash(definition) };
    return { id: `applied:${name}`, name, made: undefined, owner };
  });
}

/** @returns the snapshot, and the memory of a device on which all of it became healthy */
export function observedAsApplied(
  state: DesiredState,
  nowMs: number,
): { observed: ObservedState; memory: ProjectMemory } {
  const all = state.projects.flatMap(containers);
  return {
    observed: {
      engineVersion: '',
      containers: all,
      foreign: [],
      networks: state.projects.flatMap(project => resources(project, 'networks')),
      volumes: state.projects.flatMap(project => resources(project, 'volumes')),
      images: new Map(all.map(({ image, imageId }) => [image, imageId])),
      trees: new Map(state.projects.map(project => [project.name, new Set(projectTrees(project).keys())])),
      locked: new Set(),
      tunnel:
        state.tunnel.state === 'open'
          ? {
              state: 'open',
              desired: {
                ...state.tunnel,
                untilMs: state.tunnel.untilMs ?? nowMs + state.tunnel.maxDurationMs,
              },
              untilMs: undefined,
            }
          : { state: 'closed', desired: undefined, untilMs: undefined },
    },
    memory: {
      projects: new Map(state.projects.map(project => [project.name, { lastGood: project }])),
      nowMs,
    },
  };
}
