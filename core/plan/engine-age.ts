/** Attributes that an engine before some version takes and forgets: it is asked only when it can do them. */

import type { ComposeModel, ServiceModel } from '../compose/value/model.ts';
import { networkKeys } from '../desired/service-networks.ts';

interface Need {
  /** As a person finds it in the Compose file. */
  readonly attribute: string;
  /** First release of the Docker Engine that honours it, major and minor. */
  readonly since: readonly [number, number];
}

/** https://docs.docker.com/reference/api/engine/version-history/ */
function serviceNeeds(service: ServiceModel): Need[] {
  const { volumes = [] } = service;
  const networks = Object.values(service.networks ?? {}).map(network => network ?? {});
  const some = <Item>(items: readonly Item[], has: (item: Item) => boolean, need: Need) =>
    items.some(has) ? [need] : [];
  return [
    ...some([service], ({ annotations }) => Object.keys(annotations ?? {}).length > 0, {
      attribute: 'annotations',
      since: [24, 0],
    }),
    ...some([service.healthcheck], check => check?.start_interval !== undefined, {
      attribute: 'healthcheck.start_interval',
      since: [25, 0],
    }),
    ...some(networks, ({ mac_address: address }) => address !== undefined, {
      attribute: 'networks.mac_address',
      since: [25, 0],
    }),
    ...some(volumes, item => ['readonly', 'writable'].includes(item.bind?.recursive ?? ''), {
      attribute: 'volumes.bind.recursive',
      since: [25, 0],
    }),
    ...some(volumes, item => item.volume?.subpath !== undefined, {
      attribute: 'volumes.volume.subpath',
      since: [26, 0],
    }),
    ...some(volumes, ({ type }) => type === 'image', { attribute: 'volumes of type image', since: [28, 0] }),
    ...some(networks, item => item.gw_priority !== undefined, {
      attribute: 'networks.gw_priority',
      since: [28, 0],
    }),
    ...some(networks, item => item.interface_name !== undefined, {
      attribute: 'networks.interface_name',
      since: [28, 1],
    }),
  ];
}

function networkNeeds(model: ComposeModel, service: ServiceModel): Need[] {
  return networkKeys(service).flatMap((key): Need[] =>
    model.networks?.[key]?.enable_ipv4 === false
      ? [{ attribute: `networks.${key}.enable_ipv4`, since: [28, 0] }]
      : [],
  );
}

/**
 * What a service asks for that this engine is too old for.
 * @param engineVersion such as "20.10.24"; '' where it is not known
 */
export function beyondEngine(
  model: ComposeModel,
  service: ServiceModel,
  engineVersion: string,
): string | undefined {
  const match = /^(\d+)\.(\d+)/.exec(engineVersion);
  if (match === null) return undefined;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const beyond = [...serviceNeeds(service), ...networkNeeds(model, service)].find(
    ({ since }) => major < since[0] || (major === since[0] && minor < since[1]),
  );
  if (beyond === undefined) return undefined;
  return `${beyond.attribute} needs an engine of version ${beyond.since.join('.')} or later, this one is ${engineVersion}`;
}
