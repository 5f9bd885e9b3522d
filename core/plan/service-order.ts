/** Which service waits for which. */

import type { ComposeModel, ServiceModel } from '../compose/value/model.ts';

export type DependencyCondition = 'service_started' | 'service_healthy' | 'service_completed_successfully';

export interface Dependency {
  readonly service: string;
  readonly condition: DependencyCondition;
  /** The dependent is restarted when the dependency is replaced. */
  readonly restart: boolean;
  readonly required: boolean;
}

const sharedModes = ['network_mode', 'pid', 'ipc'] as const;

function linked(service: ServiceModel): string[] {
  return (service.links ?? []).map(link => link.split(/[:=]/)[0] ?? '');
}

/** On the engine's own bridge a link holds on to one container, which must bear its name when the link is made. */
export function boundByLink(service: ServiceModel): string[] {
  return service.network_mode === 'bridge' ? linked(service) : [];
}

/** The services whose namespace this one shares: a container that stops takes its namespaces away from all. */
export function sharedWith(service: ServiceModel): string[] {
  return sharedModes
    .map(key => service[key] ?? '')
    .filter(mode => mode.startsWith('service:'))
    .map(mode => mode.slice('service:'.length));
}

/** The services whose namespace or volumes this one shares, or is bound to: it must be made anew when they are. */
export function followed(service: ServiceModel): string[] {
  const names = sharedWith(service);
  for (const source of service.volumes_from ?? []) {
    if (!source.startsWith('container:')) names.push(source.split(':')[0] ?? '');
  }
  return [...new Set([...names, ...boundByLink(service)])];
}

/** What a service waits for before it starts; only services of the model. */
export function dependencies(model: ComposeModel, name: string): Dependency[] {
  const service = model.services[name] ?? {};
  const found = new Map<string, Dependency>();
  const add = (dependency: Dependency) => {
    if (dependency.service !== name && model.services[dependency.service] !== undefined) {
      if (!found.has(dependency.service)) found.set(dependency.service, dependency);
    }
  };
  for (const [other, options] of Object.entries(service.depends_on ?? {})) {
    add({
      service: other,
      condition: options?.condition ?? 'service_started',
      restart: options?.restart === true,
      required: options?.required !== false,
    });
  }
  for (const other of [...followed(service), ...linked(service)]) {
    add({ service: other, condition: 'service_started', restart: false, required: true });
  }
  return [...found.values()];
}

/** Services so that each comes after what it waits for; by name where that leaves a choice. Cycles are broken. */
export function serviceOrder(model: ComposeModel): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string) => {
    if (state.has(name)) return;
    state.set(name, 'open');
    for (const dependency of dependencies(model, name)
      .map(({ service }) => service)
      .sort()) {
      visit(dependency);
    }
    state.set(name, 'done');
    order.push(name);
  };
  for (const name of Object.keys(model.services).sort()) visit(name);
  return order;
}
