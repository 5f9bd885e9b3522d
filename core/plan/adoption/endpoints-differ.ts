/** How a container is on its networks, compared. A network that it is not on, or too many, is mended while it runs. */

import { networkKeys } from '../../desired/service-networks.ts';
import type { DesiredProject } from '../../desired/state.ts';
import { type Fields, fieldsOf } from '../../json.ts';
import { endpoint } from '../container/networking.ts';
import { isSame, type MadeContainer, textOf, textsOf } from './made-container.ts';

/** Name by which `container:alias` lets another be known. */
const aliasOf = (link: string): string => link.slice(link.indexOf(':') + 1);

/** @param name of the container, as we would call it */
export function endpointsDiffer(
  project: DesiredProject,
  service: string,
  name: string,
  made: MadeContainer,
): string[] {
  const definition = project.model.services[service] ?? {};
  const links = (definition.links ?? []).map(link => link.split(/[:=]/).at(-1) ?? '');
  const keys = networkKeys(definition);
  return keys.flatMap(key => {
    const wanted = endpoint(project.model, service, key, name);
    const actual = made.endpoints[wanted.name];
    if (actual === undefined || actual === null) return [];
    return endpointDiffers(wanted.settings, fieldsOf(actual), {
      own: [name, made.id.slice(0, 12), textOf(made.config.Hostname)],
      links,
    }).map(what => `${what} in network ${key}`);
  });
}

interface Names {
  /** That every engine gives it. */
  readonly own: readonly string[];
  /** By which the file lets others be known. */
  readonly links: readonly string[];
}

function endpointDiffers(wanted: Fields, actual: Fields, { own, links }: Names): string[] {
  const asked = new Set(textsOf(wanted.Aliases));
  const there = new Set(textsOf(actual.Aliases));
  const missing = [...asked].filter(alias => !there.has(alias) && !own.includes(alias));
  // docker compose has its own name for the container among them, of one form or the other.
  const surplus = [...there].filter(
    alias => !asked.has(alias) && !own.includes(alias) && !isOwnName(alias, own[0] ?? ''),
  );
  // Further names of a linked container differ by the version of docker compose, and from one of its containers to the next.
  const linked = new Set(textsOf(actual.Links).map(aliasOf));
  const missingLinks = links.filter(alias => !linked.has(alias));
  const address = fieldsOf(wanted.IPAMConfig);
  const isPlaced = isSame(address, actual.IPAMConfig);
  return [
    ...[...missing, ...surplus].map(alias => `alias ${alias}`),
    ...missingLinks.map(alias => `link ${alias}`),
    ...(isPlaced ? [] : ['address']),
    ...(isSame(wanted.DriverOpts, actual.DriverOpts) ? [] : ['driver_opts']),
    ...(isSame(wanted.GwPriority, actual.GwPriority) ? [] : ['gw_priority']),
    ...(wanted.MacAddress === undefined || wanted.MacAddress === actual.MacAddress ? [] : ['mac_address']),
  ];
}

/** `shop_web_1` of docker compose 1 is `shop-web-1`. */
const isOwnName = (alias: string, name: string): boolean =>
  alias.replaceAll('_', '-') === name.replaceAll('_', '-');
