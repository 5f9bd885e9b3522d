import { cleanPath } from '../shape/volume-spec.ts';
import { emptyMapping, isList, isMapping, type Mapping, textOf, type Value } from '../value/value.ts';
import type { Lookup } from './template.ts';

const namespaces = ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'];

/** Names without a value take the variable's; those still without one are kept or dropped. */
function resolveNames(value: Value, lookup: Lookup, keep: boolean): Value {
  if (isList(value)) {
    return value.flatMap(entry => {
      if (typeof entry !== 'string' || entry.includes('=')) return [entry];
      const found = lookup(entry);
      if (found !== undefined) return [`${entry}=${found}`];
      return keep ? [entry] : [];
    });
  }
  if (!isMapping(value)) return value;
  const resolved = emptyMapping();
  for (const key of Object.keys(value)) {
    const held = value[key] ?? lookup(key) ?? null;
    if (held !== null || keep) resolved[key] = held;
  }
  return resolved;
}

function normaliseBuild(service: Mapping, lookup: Lookup): void {
  const { build } = service;
  if (!isMapping(build)) return;
  build.context ??= '.';
  if (build.dockerfile === undefined && build.dockerfile_inline === undefined)
    build.dockerfile = 'Dockerfile';
  if (build.args !== undefined) build.args = resolveNames(build.args, lookup, false);
}

/** Services that this one needs without saying so in `depends_on`. */
function impliedDependencies(service: Mapping): { name: string; restart: boolean }[] {
  const implied: { name: string; restart: boolean }[] = [];
  for (const link of isList(service.links) ? service.links : []) {
    const parts = textOf(link).split(':');
    implied.push({ name: parts.length === 2 ? (parts[0] ?? '') : textOf(link), restart: true });
  }
  for (const namespace of namespaces) {
    const reference = service[namespace];
    if (typeof reference !== 'string' || !reference.startsWith('service:')) continue;
    implied.push({ name: reference.slice('service:'.length), restart: true });
  }
  for (const from of isList(service.volumes_from) ? service.volumes_from : []) {
    const text = textOf(from);
    if (!text.startsWith('container:')) implied.push({ name: text.split(':', 1)[0] ?? '', restart: false });
  }
  return implied;
}

function normaliseDependencies(service: Mapping): void {
  const declared = service.depends_on;
  const dependencies = isMapping(declared) ? declared : emptyMapping();
  for (const { name, restart } of impliedDependencies(service)) {
    dependencies[name] ??= Object.assign(emptyMapping(), {
      condition: 'service_started',
      restart,
      required: true,
    });
  }
  if (Object.keys(dependencies).length > 0) service.depends_on = dependencies;
}

function normaliseService(service: Mapping, lookup: Lookup): void {
  if (service.pull_policy === 'if_not_present') service.pull_policy = 'missing';
  normaliseBuild(service, lookup);
  if (service.environment !== undefined)
    service.environment = resolveNames(service.environment, lookup, true);
  for (const volume of isList(service.volumes) ? service.volumes : []) {
    if (isMapping(volume) && typeof volume.target === 'string') volume.target = cleanPath(volume.target);
  }
  normaliseDependencies(service);
}

/** The `default` network, where a service uses it. */
function normaliseNetworks(model: Mapping, services: readonly Mapping[]): void {
  let uses = false;
  for (const service of services) {
    if ('provider' in service || 'network_mode' in service) continue;
    const { networks } = service;
    if (!isMapping(networks) || Object.keys(networks).length === 0) {
      service.networks = Object.assign(emptyMapping(), { default: null });
    }
    uses ||= isMapping(service.networks) && 'default' in service.networks;
  }
  const networks = isMapping(model.networks) ? model.networks : emptyMapping();
  if (uses && !('default' in networks)) networks.default = null;
  if (Object.keys(networks).length > 0) model.networks = networks;
}

function nameResources(model: Mapping, projectName: string): void {
  for (const section of ['networks', 'volumes', 'configs', 'secrets']) {
    const resources = model[section];
    if (!isMapping(resources)) continue;
    for (const key of Object.keys(resources)) {
      const held = resources[key];
      const resource = isMapping(held) ? held : emptyMapping();
      resource.name ??= resource.external === true ? key : `${projectName}_${key}`;
      resources[key] = resource;
    }
  }
}

/**
 * Implicit things made explicit: the default network, names of resources, dependencies that links, namespaces and
 * volumes_from imply, build defaults, variables without value. Changes `model`.
 */
export function normalise(model: Mapping, projectName: string, lookup: Lookup): void {
  const services = isMapping(model.services) ? Object.values(model.services).filter(isMapping) : [];
  normaliseNetworks(model, services);
  for (const service of services) normaliseService(service, lookup);
  nameResources(model, projectName);
}
