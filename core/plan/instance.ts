/** One container that should be, and what is there of it. */

import type { ServiceModel } from '../compose/value/model.ts';
import { containerName } from '../desired/container-name.ts';
import { networkKeys, networkName, sharedNetworkMode } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { adoptedReason } from './adopted.ts';
import { changeReason } from './change-reason.ts';
import { choose } from './choose-container.ts';
import { limitsDrift, restartPolicy } from './container/limits.ts';
import { keptContainer } from './kept-container.ts';
import { isUp, type ObservedContainer, type ObservedState } from './observed.ts';
import { type ServiceDefinition, serviceDefinition } from './service-definition.ts';

export type InstanceAction = 'keep' | 'create' | 'recreate' | 'start' | 'restart';

/** What stops or starts a container. */
export const disturbing: ReadonlySet<string> = new Set(['create', 'recreate', 'start', 'restart']);

export interface Instance {
  readonly service: string;
  readonly number: number;
  /** Its name on the engine. */
  readonly name: string;
  readonly container: ObservedContainer | undefined;
  /** Ours for the same instance, and too many. */
  readonly surplus: readonly { readonly container: ObservedContainer; readonly reason: string }[];
  readonly action: InstanceAction;
  readonly reason: string;
  readonly unpause: boolean;
  readonly rename: boolean;
  /** Keys of networks that it must be attached to again. */
  readonly connect: readonly string[];
  readonly disconnect: readonly { readonly name: string; readonly id: string }[];
}

export interface InstanceContext {
  readonly project: DesiredProject;
  readonly observed: ObservedState;
  readonly definitions: ReadonlyMap<string, ServiceDefinition>;
  /** Containers of this project, by service. */
  readonly containers: ReadonlyMap<string, readonly ObservedContainer[]>;
  /** Ids of containers whose start was begun, or is owed, by a pass that was cut off. */
  readonly starting: ReadonlySet<string>;
}

const isFirst = ({ number }: ObservedContainer): boolean => number === 1;

/** The container that stands for a service's first instance now, under whatever name. */
export function presentContainer(
  project: DesiredProject,
  service: string,
  observed: ObservedState,
): ObservedContainer | undefined {
  const candidates = observed.containers.filter(
    one => one.project === project.name && one.service === service && isFirst(one),
  );
  const { hash } = serviceDefinition(project, service);
  return choose(candidates, { name: containerName(project.model, service, 1), hash }).main;
}

function sharedModeDrift(
  context: InstanceContext,
  service: string,
  main: ObservedContainer,
): string | undefined {
  const definition = context.project.model.services[service] ?? {};
  const current = (name: string) => {
    const hash = context.definitions.get(name)?.hash ?? '';
    const wanted = { name: containerName(context.project.model, name, 1), hash, leaving: context.starting };
    return choose(context.containers.get(name)?.filter(isFirst) ?? [], wanted).main?.id;
  };
  const actual = {
    network_mode: main.networkMode,
    pid: main.inspection?.pidMode,
    ipc: main.inspection?.ipcMode,
  };
  for (const key of ['network_mode', 'pid', 'ipc'] as const) {
    const mode = actual[key];
    const wanted = definition[key];
    if (mode === undefined || wanted?.startsWith('service:') !== true) continue;
    const name = wanted.slice('service:'.length);
    if (mode !== `container:${current(name)}`)
      return `${name} is another container now, whose ${key} it shares`;
  }
  const sources = main.inspection?.volumesFrom;
  if (sources === undefined) return undefined;
  for (const source of definition.volumes_from ?? []) {
    const [name = '', ...mode] = source.split(':');
    if (name === 'container' || sources.includes([current(name), ...mode].join(':'))) continue;
    return `${name} is another container now, whose volumes it has`;
  }
  return undefined;
}

function recreateReason(
  context: InstanceContext,
  service: string,
  main: ObservedContainer,
): string | undefined {
  const definition = context.definitions.get(service);
  if (definition === undefined) return undefined;
  if (main.state === 'dead' || main.state === 'removing') return `the container is ${main.state}`;
  const { adopted } = main;
  const otherwise =
    adopted === undefined
      ? main.hash !== definition.hash && changeReason(main.parts, definition.parts)
      : adoptedReason(adopted, definition.hash);
  if (typeof otherwise === 'string') return otherwise;
  const model = context.project.model.services[service] ?? {};
  const wantedId = context.observed.images.get(model.image ?? '');
  if (wantedId !== undefined && wantedId !== main.imageId) return `image ${model.image} is another one now`;
  const drift = main.inspection === undefined ? undefined : limitsDrift(model, main.inspection.limits);
  if (drift !== undefined)
    return `${adopted === undefined ? 'changed on the device' : 'docker compose made it otherwise'}: ${drift}`;
  return sharedModeDrift(context, service, main);
}

/**
 * A container that is stopped names its networks by id: one that was removed meanwhile, or made anew under the same
 * name, it finds no more. One that was never started has no id yet.
 */
function goneNetwork({ observed }: InstanceContext, main: ObservedContainer): string | undefined {
  // Some engines (Podman) give the name in place of the id.
  const known = new Set(observed.networks.flatMap(({ id, name }) => [id, name]));
  return main.networks.find(({ id }) => id !== '' && !known.has(id))?.name;
}

/** The engine does not start it again when it has ended well. */
export function endsForGood(service: ServiceModel | undefined): boolean {
  return ['no', 'on-failure'].includes(restartPolicy(service ?? {}).name);
}

/** One that ended well and is not meant to be started again by the engine either. */
export function isFinished(service: ServiceModel | undefined, container: ObservedContainer): boolean {
  return container.state === 'exited' && container.exitCode === 0 && endsForGood(service);
}

function startReason(context: InstanceContext, service: string, main: ObservedContainer): string | undefined {
  if (main.state === 'created') return 'made and never started';
  if (context.starting.has(main.id)) return 'a pass was cut off before its start was over';
  if (main.state !== 'exited') return undefined;
  if (isFinished(context.project.model.services[service], main)) return undefined;
  return main.exitCode === undefined ? 'not running' : `not running: it ended with ${main.exitCode}`;
}

function attachments(context: InstanceContext, service: string, main: ObservedContainer) {
  const definition = context.project.model.services[service] ?? {};
  if (sharedNetworkMode(definition) !== undefined) return { connect: [], disconnect: [] };
  const wanted = networkKeys(definition).map(key => ({ key, name: networkName(context.project.model, key) }));
  const connect = wanted.filter(({ name }) => !main.networks.some(network => network.name === name));
  const disconnect = main.networks.filter(
    network => network.name !== 'none' && !wanted.some(({ name }) => name === network.name),
  );
  return { connect: connect.map(({ key }) => key), disconnect };
}

/** Compares one instance with what is there. Followers are looked at by the caller. */
export function compareInstance(context: InstanceContext, service: string, number: number): Instance {
  const name = containerName(context.project.model, service, number);
  const candidates = (context.containers.get(service) ?? []).filter(one => one.number === number);
  const { hash = '' } = context.definitions.get(service) ?? {};
  const { main, surplus } = choose(candidates, { name, hash, leaving: context.starting });
  const base = { service, number, name, container: main, surplus, unpause: false, rename: false };
  if (main === undefined) {
    return { ...base, action: 'create', reason: 'not there yet', connect: [], disconnect: [] };
  }
  const recreate = recreateReason(context, service, main);
  if (recreate !== undefined) {
    return { ...base, action: 'recreate', reason: recreate, connect: [], disconnect: [] };
  }
  const start = startReason(context, service, main);
  const gone = start === undefined || isUp(main) ? undefined : goneNetwork(context, main);
  if (gone !== undefined) {
    const reason = `network ${gone} is gone`;
    return { ...base, action: 'recreate', reason, connect: [], disconnect: [] };
  }
  return {
    ...base,
    ...attachments(context, service, main),
    action: start === undefined ? 'keep' : 'start',
    reason: start ?? '',
    unpause: main.state === 'paused',
    // Names of docker compose 1 stay until it is made anew; that of one that was kept does not.
    rename: (main.adopted === undefined || keptContainer(main) !== undefined) && main.name !== name,
  };
}
