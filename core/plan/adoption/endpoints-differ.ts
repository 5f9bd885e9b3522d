/** How a container is on its networks, compared. A network that it is not on, or too many, is mended while it runs. */

import { networkKeys } from '../../desired/service-networks.ts';
import type { DesiredProject } from '../../desired/state.ts';
import { type Fields, fieldsOf } from '../../json.ts';
import { endpoint } from '../container/networking.ts';
import { isSame, type MadeContainer, textsOf } from './made-container.ts';

/** Name by which `container:alias` lets another be known. */
const aliasOf = (link: string): string => link.slice(link.indexOf(':') + 1);

/** @param name of the container, as we would call it */
export function endpointsDiffer(
  project: DesiredProject,
  service: string,
  name: string,
  made: MadeContainer,
): string[] {
  const keys = networkKeys(project.model.services[service] ?? {});
  return keys.flatMap(key => {
    const wanted = endpoint(project.model, service, key, name);
    const actual = made.endpoints[wanted.name];
    if (actual === undefined || actual === null) return [];
    return endpointDiffers(wanted.settings, fieldsOf(actual), [name, made.id.slice(0, 12)]).map(
      what => `${what} in network ${key}`,
    );
  });
}

/** @param own names that every engine gives it */
function endpointDiffers(wanted: Fields, actual: Fields, own: readonly string[]): string[] {
  const asked = new Set(textsOf(wanted.Aliases));
  const there = new Set(textsOf(actual.Aliases));
  const missing = [...asked].filter(alias => !there.has(alias) && !own.includes(alias));
  // docker compose has its own name for the container among them, of one form or the other.
  const surplus = [...there].filter(
    alias => !asked.has(alias) && !own.includes(alias) && !isOwnName(alias, own[0] ?? ''),
  );
  const linked = new Set(textsOf(actual.Links).map(aliasOf));
  const links = textsOf(wanted.Links)
    .map(aliasOf)
    .filter(alias => !linked.has(alias) && !linked.has(alias.replaceAll('-', '_')));
  const address = fieldsOf(wanted.IPAMConfig);
  const isPlaced = isSame(address, actual.IPAMConfig);
  return [
    ...[...missing, ...surplus].map(alias => `alias ${alias}`),
    ...links.map(alias => `link ${alias}`),
    ...(isPlaced ? [] : ['address']),
    ...(isSame(wanted.DriverOpts, actual.DriverOpts) ? [] : ['driver_opts']),
    ...(isSame(wanted.GwPriority, actual.GwPriority) ? [] : ['gw_priority']),
    ...(wanted.MacAddress === undefined || wanted.MacAddress === actual.MacAddress ? [] : ['mac_address']),
  ];
}

/** `shop_web_1` of docker compose 1 is `shop-web-1`. */
const isOwnName = (alias: string, name: string): boolean =>
  alias.replaceAll('_', '-') === name.replaceAll('_', '-');
