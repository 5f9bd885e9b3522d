import type { ComposeModel, FileMountModel } from '../value/model.ts';

function sources(mounts: readonly FileMountModel[] = []): string[] {
  return mounts.flatMap(({ source }) => (source === undefined ? [] : [source]));
}

/** The shared things that services use, by section. */
function usedResources(
  model: ComposeModel,
): Record<'networks' | 'volumes' | 'secrets' | 'configs', Set<string>> {
  const used = {
    networks: new Set<string>(),
    volumes: new Set<string>(),
    secrets: new Set<string>(),
    configs: new Set<string>(),
  };
  for (const service of Object.values(model.services)) {
    for (const name of Object.keys(service.networks ?? {})) used.networks.add(name);
    for (const { type, source } of service.volumes ?? []) {
      if (type === 'volume' && source !== undefined) used.volumes.add(source);
    }
    for (const name of sources(service.secrets)) used.secrets.add(name);
    for (const name of sources(service.build?.secrets)) used.secrets.add(name);
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
