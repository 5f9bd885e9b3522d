/** What a container cannot have of its own where it shares another one's. Source: moby, runconfig/hostconfig.go, hostconfig_unix.go. */
import { printable } from '../value/fault.ts';
import { isGiven } from '../value/json-access.ts';
import type { ServiceRule } from './rule.ts';

const ofTheNetwork = [
  'hostname',
  'dns',
  'extra_hosts',
  'ports',
  'expose',
  'links',
  'external_links',
] as const;

export const sharedNamespaces: ServiceRule = ({ service, refuse }) => {
  const { network_mode: network = '', uts = '', hostname = '' } = service;
  if (/^(service|container):/.test(network)) {
    for (const key of ofTheNetwork) {
      if (!isGiven(service[key])) continue;
      refuse([key], "the network is another container's (`network_mode`): say it there");
    }
  }
  if (network === 'host') {
    for (const key of ['links', 'external_links'] as const)
      if (isGiven(service[key])) refuse([key], 'there are no links with `network_mode: host`');
  }
  const { ipc = '' } = service;
  if (!['', 'none', 'private', 'shareable', 'host'].includes(ipc) && !/^(service|container):./.test(ipc))
    refuse(['ipc'], `\`${printable(ipc)}\` is no mode of IPC`);
  if (uts === 'host' && hostname !== '') refuse(['hostname'], "the name is the host's (`uts: host`)");
};
