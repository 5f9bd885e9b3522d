/** The snapshot that a device would give after a desired state was applied: a pull request is planned against it. */

import { containerName, instanceCount } from '../desired/container-name.ts';
import { resourceName } from '../desired/resource-name.ts';
import { networkKeys, networkName, sharedNetworkMode } from '../desired/service-networks.ts';
import type { DesiredProject, DesiredState } from '../desired/state.ts';
import type { DesiredTunnel } from '../fleet/tunnel.ts';
import { expectedLimits } from './container/limits.ts';
import { hostPorts } from './container/ports.ts';
import { endsForGood } from './instance.ts';
import type { ProjectMemory } from './memory.ts';
import type {
  AttachedNetwork,
  ObservedContainer,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
  TunnelSnapshot,
} from './observed.ts';
import { projectTrees } from './project-files.ts';
import { resourceHash, serviceDefinition } from './service-definition.ts';
import { imagesOf } from './service-images.ts';
import { type DependencyCondition, dependencies } from './service-order.ts';
import { endOnDeviceMs } from './tunnel-steps.ts';
import { volumeForm } from './volume-changes.ts';

type Resource = ObservedNetwork & ObservedVolume;

/** What others wait for has come about, or they would not have started. */
function isAwaited(project: DesiredProject, service: string, condition: DependencyCondition): boolean {
  return Object.keys(project.model.services).some(other =>
    dependencies(project.model, other).some(
      dependency => dependency.service === service && dependency.condition === condition,
    ),
  );
}

/** One that the engine starts again by itself never stays ended, whoever waits for that. */
function hasEnded(project: DesiredProject, service: string): boolean {
  const definition = project.model.services[service];
  return endsForGood(definition) && isAwaited(project, service, 'service_completed_successfully');
}

function isHealthy(project: DesiredProject, service: string): boolean {
  const { healthcheck } = project.model.services[service] ?? {};
  return healthcheck !== undefined || isAwaited(project, service, 'service_healthy');
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
  const image = definition.image ?? '';
  const ended = hasEnded(project, service);
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
    health: isHealthy(project, service) ? 'healthy' : undefined,
    status: '',
    createdMs: 0,
    networkMode: shared(project, sharedNetworkMode(definition)),
    networks: attached(project, service),
    ports: ended ? [] : hostPorts(definition),
    inspection: {
      limits: expectedLimits(definition),
      pidMode: shared(project, definition.pid),
      ipcMode: shared(project, definition.ipc),
      volumesFrom: (definition.volumes_from ?? []).map(source => sourceOf(project, source)),
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

/** @returns what the project makes itself, and what it only names */
function resources(project: DesiredProject, kind: 'networks' | 'volumes'): Resource[] {
  const used = Object.values(project.model.services).flatMap(networkKeys);
  const declared = Object.keys(project.model[kind] ?? {});
  const keys = kind === 'networks' ? [...new Set([...declared, ...used])] : declared;
  return keys.map(key => {
    const definition = project.model[kind]?.[key];
    const name = resourceName(project.model, kind, key);
    const owner =
      definition?.external === true
        ? undefined
        : { project: project.name, key, hash: resourceHash(definition) };
    const form =
      kind === 'volumes' && owner !== undefined ? volumeForm(project.model.volumes?.[key] ?? {}) : undefined;
    return { id: `applied:${name}`, name, made: undefined, form, owner };
  });
}

/**
 * What the projects have made, and what they and those to come only name: whether a device has that, only the device
 * knows. What one app makes and another names is there once, and it is the maker's.
 */
function present(
  kind: 'networks' | 'volumes',
  applied: readonly DesiredProject[],
  next: readonly DesiredProject[],
): Resource[] {
  const of = (projects: readonly DesiredProject[]) => projects.flatMap(project => resources(project, kind));
  const made = of(applied).filter(({ owner }) => owner !== undefined);
  const taken = new Set(
    [...made, ...of(next).filter(({ owner }) => owner !== undefined)].map(({ name }) => name),
  );
  const named = new Map(
    of([...applied, ...next])
      .filter(({ owner, name }) => owner === undefined && !taken.has(name))
      .map(resource => [resource.name, resource]),
  );
  return [...made, ...named.values()];
}

/** A tunnel that has reached its end has closed by itself. */
function tunnelOf(tunnel: DesiredTunnel, memory: ProjectMemory): TunnelSnapshot {
  const untilMs = endOnDeviceMs(tunnel, memory);
  if (tunnel.state === 'closed' || untilMs <= memory.nowMs) {
    return { state: 'closed', desired: undefined, untilMs: undefined };
  }
  return { state: 'open', desired: { ...tunnel, untilMs }, untilMs };
}

/** What of a state a device shows once it is carried out. */
export type Applied = Pick<DesiredState, 'projects' | 'tunnel' | 'next'>;

/**
 * @param next what is planned on it: what lies outside of the commits, its external networks and volumes, is there too
 * @returns the snapshot, the tunnel, and the memory of a device on which all of the state became healthy
 */
export function observedAsApplied(
  state: Applied,
  nowMs: number,
  next: Applied = state,
): { observed: ObservedState; tunnel: TunnelSnapshot; memory: ProjectMemory } {
  const { projects } = state;
  const memory: ProjectMemory = {
    projects: new Map(
      projects.map(({ restore, ...project }) => [
        project.name,
        {
          lastGood: project,
          ...(restore === undefined ? {} : { restoreAsked: { backup: restore.backup } }),
        },
      ]),
    ),
    nowMs,
  };
  const ahead = (state.next ?? []).flatMap(({ would }) => would ?? []);
  const images = [...projects, ...ahead].flatMap(({ model }) => imagesOf(model).map(({ image }) => image));
  return {
    observed: {
      engineVersion: '',
      containers: projects.flatMap(containers),
      foreign: [],
      networks: present('networks', projects, next.projects),
      volumes: present('volumes', projects, next.projects),
      images: new Map(images.map(image => [image, `applied:${image}`])),
      trees: new Map(projects.map(project => [project.name, new Set(projectTrees(project).keys())])),
      locked: new Set(),
    },
    tunnel: tunnelOf(state.tunnel, memory),
    memory,
  };
}
