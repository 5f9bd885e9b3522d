/** The containers of a service: how many, and how each is called. */

import type { ComposeModel, ServiceModel } from '../compose/value/model.ts';

/** How many containers a service has. */
export function instanceCount(service: ServiceModel): number {
  const count = service.scale ?? service.deploy?.replicas ?? 1;
  return Math.max(0, Math.trunc(count));
}

/** The name of a service's container. */
export function containerName(model: ComposeModel, service: string, number: number): string {
  return model.services[service]?.container_name ?? `${model.name}-${service}-${number}`;
}
