/** Networks of a service, and how its container joins each. */

import type { ComposeModel, ServiceModel } from '../../compose/value/model.ts';
import { containerName, instanceCount } from '../../desired/container-name.ts';
import { networkKeys, networkName } from '../../desired/service-networks.ts';

export interface Endpoint {
  /** Key in the model. */
  readonly key: string;
  /** Name on the engine. */
  readonly name: string;
  /** The engine's EndpointSettings. */
  readonly settings: Record<string, unknown>;
}

/** Names by which a service knows containers of others: `container:alias`. */
export function linksOf(model: ComposeModel, service: ServiceModel): string[] {
  const links = (service.links ?? []).flatMap(link => {
    const [target = '', alias = target] = link.split(/[:=]/);
    return Array.from({ length: instanceCount(model.services[target] ?? {}) }, (_, index) => {
      const name = containerName(model, target, index + 1);
      return [alias, `${target}-${index + 1}`, `${model.name}-${target}-${index + 1}`].map(
        known => `${name}:${known}`,
      );
    }).flat();
  });
  const external = (service.external_links ?? []).map(link =>
    link.includes(':') ? link : `${link}:${link}`,
  );
  return [...links, ...external];
}

/** How the service's container joins the network. */
export function endpoint(model: ComposeModel, serviceName: string, key: string, container: string): Endpoint {
  const service = model.services[serviceName] ?? {};
  const options = service.networks?.[key] ?? {};
  const ipam: Record<string, unknown> = {};
  const { ipv4_address: ipv4, ipv6_address: ipv6, link_local_ips: local = [] } = options;
  if (ipv4 !== undefined) ipam.IPv4Address = ipv4;
  if (ipv6 !== undefined) ipam.IPv6Address = ipv6;
  if (local.length > 0) ipam.LinkLocalIPs = local;
  const { interface_name: interfaceName, gw_priority: gatewayPriority } = options;
  const driver = {
    ...options.driver_opts,
    ...(interfaceName === undefined ? {} : { 'com.docker.network.endpoint.ifname': interfaceName }),
  };
  const links = linksOf(model, service);
  const isFirst = networkKeys(service)[0] === key;
  const mac = options.mac_address ?? (isFirst ? service.mac_address : undefined);
  const aliases = [container, serviceName, ...(options.aliases ?? [])];
  return {
    key,
    name: networkName(model, key),
    settings: {
      Aliases: [...new Set(aliases)],
      ...(Object.keys(ipam).length > 0 ? { IPAMConfig: ipam } : {}),
      ...(Object.keys(driver).length > 0 ? { DriverOpts: driver } : {}),
      ...(links.length > 0 ? { Links: links } : {}),
      ...(mac === undefined ? {} : { MacAddress: mac }),
      ...(gatewayPriority === undefined ? {} : { GwPriority: gatewayPriority }),
    },
  };
}

/** The engine's body for `POST /networks/create`. */
export function networkSpec(model: ComposeModel, key: string): Record<string, unknown> {
  const network = model.networks?.[key] ?? {};
  const config = (network.ipam?.config ?? []).map(
    ({ subnet, ip_range: range, gateway, aux_addresses: auxiliary = {} }) => ({
      ...(subnet === undefined ? {} : { Subnet: subnet }),
      ...(range === undefined ? {} : { IPRange: range }),
      ...(gateway === undefined ? {} : { Gateway: gateway }),
      ...(Object.keys(auxiliary).length > 0 ? { AuxiliaryAddresses: auxiliary } : {}),
    }),
  );
  const named = network.ipam?.driver;
  return {
    Name: networkName(model, key),
    Driver: network.driver ?? '',
    Internal: network.internal === true,
    Attachable: network.attachable === true,
    EnableIPv6: network.enable_ipv6 === true,
    ...(typeof network.enable_ipv4 === 'boolean' ? { EnableIPv4: network.enable_ipv4 } : {}),
    Options: network.driver_opts ?? {},
    ...(config.length > 0 || named !== undefined
      ? { IPAM: { Driver: named ?? 'default', Config: config, Options: {} } }
      : {}),
    Labels: network.labels ?? {},
  };
}
