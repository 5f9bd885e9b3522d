/** The engine as it would be after a state was applied and all went well: what a pull request is planned against. */

import { asObject, asText } from '../../core/compose/value/json-access.ts';
import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import { expectedLimits } from '../../core/plan/container/limits.ts';
import { networkKeys, networkName, sharedNetworkMode } from '../../core/plan/container/networking.ts';
import { hostPorts } from '../../core/plan/container/ports.ts';
import { emptyMemory, type ProjectMemory } from '../../core/plan/memory.ts';
import type {
  ObservedContainer,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
} from '../../core/plan/observed.ts';
import { projectTrees } from '../../core/plan/project-files.ts';
import { resourceHash, serviceDefinition } from '../../core/plan/service-definition.ts';
import { containerName, instanceCount } from '../../core/plan/service-order.ts';
import { tunnelEndMs } from '../../core/plan/tunnel-steps.ts';

const imageId = (image: string) => `id of ${image}`;
const containerId = (name: string) => `id of ${name}`;

function containersOf(project: DesiredProject, nowMs: number): ObservedContainer[] {
  const { model } = project;
  return Object.entries(model.services).flatMap(([service, definition]) => {
    const { hash, parts } = serviceDefinition(project, service);
    const image = asText(definition.image) ?? '';
    const shared = (mode: string | undefined) =>
      mode?.startsWith('service:') === true
        ? `container:${containerId(containerName(model, mode.slice('service:'.length), 1))}`
        : (mode ?? '');
    return Array.from({ length: instanceCount(definition) }, (_unused, index): ObservedContainer => {
      const name = containerName(model, service, index + 1);
      const networks = networkKeys(definition).map(key => networkName(model, key));
      return {
        id: containerId(name),
        name,
        project: project.name,
        service,
        number: index + 1,
        hash,
        parts,
        image,
        imageId: imageId(image),
        state: 'running',
        exitCode: undefined,
        health: undefined,
        status: 'assumed to run',
        createdMs: nowMs,
        networkMode: shared(sharedNetworkMode(definition)),
        networks: networks.map(network => ({ name: network, id: `id of ${network}` })),
        ports: hostPorts(definition),
        inspection: {
          limits: expectedLimits(definition),
          pidMode: shared(asText(definition.pid)),
          ipcMode: shared(asText(definition.ipc)),
          volumesFrom: [],
          restartCount: 0,
          startedAtMs: nowMs,
        },
      };
    });
  });
}

function networksOf(project: DesiredProject): ObservedNetwork[] {
  const used = Object.values(project.model.services).flatMap(networkKeys);
  const keys = new Set([...Object.keys(project.model.networks ?? {}), ...used]);
  return [...keys].map(key => {
    const definition = asObject(project.model.networks?.[key]);
    const name = networkName(project.model, key);
    const owner = { project: project.name, key, hash: resourceHash(definition) };
    return {
      id: `id of ${name}`,
      name,
      made: undefined,
      owner: definition.external === true ? undefined : owner,
    };
  });
}

function volumesOf(project: DesiredProject): ObservedVolume[] {
  return Object.entries(project.model.volumes ?? {}).map(([key, value]) => {
    const definition = asObject(value);
    const owner = { project: project.name, key, hash: resourceHash(definition) };
    return {
      name: asText(definition.name) ?? `${project.name}_${key}`,
      made: undefined,
      owner: definition.external === true ? undefined : owner,
    };
  });
}

/** External networks and volumes of the next state: whether a device has them, only the device knows. */
function externalOf(next: DesiredState): Pick<ObservedState, 'networks' | 'volumes'> {
  return {
    networks: next.projects.flatMap(networksOf).filter(({ owner }) => owner === undefined),
    volumes: next.projects.flatMap(volumesOf).filter(({ owner }) => owner === undefined),
  };
}

export interface Assumed {
  readonly observed: ObservedState;
  readonly memory: ProjectMemory;
}

/**
 * @param base what runs; undefined for a device that runs nothing yet
 * @param next what is planned
 */
export function assumeApplied(base: DesiredState | undefined, next: DesiredState, nowMs: number): Assumed {
  const projects = base?.projects ?? [];
  const containers = projects.flatMap(project => containersOf(project, nowMs));
  const external = externalOf(next);
  const memory: ProjectMemory = {
    ...emptyMemory(nowMs),
    projects: new Map(projects.map(project => [project.name, { lastGood: project }])),
  };
  const tunnel = base?.tunnel;
  const untilMs = tunnel === undefined ? 0 : tunnelEndMs(tunnel, memory);
  const open = tunnel?.state === 'open' && untilMs > nowMs ? tunnel : undefined;
  return {
    memory,
    observed: {
      engineVersion: '',
      containers,
      foreign: [],
      networks: [...projects.flatMap(networksOf), ...external.networks],
      volumes: [...projects.flatMap(volumesOf), ...external.volumes],
      images: new Map(containers.map(({ image }) => [image, imageId(image)])),
      trees: new Map(projects.map(project => [project.name, new Set(projectTrees(project).keys())])),
      locked: new Set(),
      tunnel:
        open === undefined
          ? { state: 'closed', desired: undefined, untilMs: undefined }
          : { state: 'open', desired: { ...open, untilMs }, untilMs },
    },
  };
}
