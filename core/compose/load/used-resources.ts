import type { ComposeModel, Json, JsonObject } from '../value/model.ts';

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function sources(value: Json | undefined): string[] {
  return objects(value).flatMap(mount => (typeof mount.source === 'string' ? [mount.source] : []));
}

/** The shared things that services use, by section. */
export function usedResources(
  model: ComposeModel,
): Record<'networks' | 'volumes' | 'secrets' | 'configs', Set<string>> {
  const used = {
    networks: new Set<string>(),
    volumes: new Set<string>(),
    secrets: new Set<string>(),
    configs: new Set<string>(),
  };
  for (const service of Object.values(model.services)) {
    if (isObject(service.networks)) for (const name of Object.keys(service.networks)) used.networks.add(name);
    for (const mount of objects(service.volumes)) {
      if (mount.type === 'volume' && typeof mount.source === 'string') used.volumes.add(mount.source);
    }
    for (const name of sources(service.secrets)) used.secrets.add(name);
    if (isObject(service.build)) for (const name of sources(service.build.secrets)) used.secrets.add(name);
    for (const name of sources(service.configs)) used.configs.add(name);
  }
  return used;
}

/** Takes out networks, volumes, configs and secrets that no service uses. Changes `model`. */
export function dropUnused(model: ComposeModel): void {
  const used = usedResources(model);
  for (const section of ['networks', 'volumes', 'secrets', 'configs'] as const) {
    const resources = model[section];
    if (resources === undefined) continue;
    for (const name of Object.keys(resources)) if (!used[section].has(name)) delete resources[name];
    if (Object.keys(resources).length === 0) delete model[section];
  }
}
