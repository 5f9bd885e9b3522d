/**
 * What OpenSSH is told of a fleet: hosts for the gateway and the devices behind it, and whose keys they must show. Pure. Keys come
 * from the verified repository alone: a key that does not stand there is refused, and nobody is asked.
 */
import type { Gateway } from '../../schemas/types.generated.ts';
import type { PersonSettings } from './person-settings.ts';

export interface ClientDevice {
  readonly id: string;
  /** The agent's server shows it: `keys.ssh` of the device's file. */
  readonly key: string | undefined;
  /** Of the device's own sshd: `hostKeys`. */
  readonly hostKeys: readonly string[];
}

export interface ClientFleet {
  readonly fleet: string;
  readonly gateways: readonly Gateway[];
  readonly devices: readonly ClientDevice[];
  readonly person: PersonSettings;
  /** Where the file of keys will stand. */
  readonly knownHosts: string;
}

export interface ClientFiles {
  readonly config: string;
  readonly knownHosts: string;
}

/** Names in one line of `Host`. */
const namesOfALine = 50;
/** Who logs in to the agent's server without a name of their own gets its menu. */
export const menuUser = 'towline';

export const gatewayAlias = (fleet: string): string => `gw.${fleet}`;

export function clientFiles(options: ClientFleet): ClientFiles {
  const { fleet, devices, person, knownHosts } = options;
  const alias = gatewayAlias(fleet);
  const keys = [
    ['UserKnownHostsFile', quoted(knownHosts.replaceAll('%', '%%'))],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['StrictHostKeyChecking', 'yes'],
    ['KnownHostsCommand', 'none'],
    ['VerifyHostKeyDNS', 'no'],
    ['UpdateHostKeys', 'no'],
    ['CheckHostIP', 'no'],
  ];
  const gateway = [['HostName', person.hostName], ...person.way, ['HostKeyAlias', alias], ...keys];
  const behind = [['HostName', '%h'], ['ProxyJump', alias], ...keys, ...refused, ...person.identity];
  const ids = devices.map(({ id }) => id);
  const blocks = [
    block([alias], [...gateway, ...refused, ...person.identity]),
    ...inLines(ids).map(names => block(names.flatMap(withSuffix), [['User', menuUser], ...behind])),
    ...inLines(ids).map(names => block(names.map(id => `${id}.host`).flatMap(withSuffix), behind)),
  ];
  return {
    config: ['IgnoreUnknown KnownHostsCommand', '', ...blocks, 'Match all', ''].join('\n'),
    knownHosts: knownHostLines(options).join(''),
  };
}

/** Neither the gateway nor a device's agent lends itself to these. */
const refused: readonly (readonly string[])[] = [
  ['ForwardAgent', 'no'],
  ['ForwardX11', 'no'],
];

function block(names: readonly string[], settings: readonly (readonly string[])[]): string {
  return [`Host ${names.join(' ')}`, ...settings.map(words => `  ${words.join(' ')}`), ''].join('\n');
}

const withSuffix = (name: string): string[] => [name, `${name}.fleet`];

function inLines(ids: readonly string[]): string[][] {
  const lines: string[][] = [];
  for (let at = 0; at < ids.length; at += namesOfALine) lines.push(ids.slice(at, at + namesOfALine));
  return lines;
}

function knownHostLines({ fleet, gateways, devices, person }: ClientFleet): string[] {
  const [own, all] = [gateways.filter(({ address }) => hostOf(address) === person.hostName), gateways];
  const pinned = (own.length > 0 ? own : all).flatMap(({ sshHostKeys = [] }) => sshHostKeys);
  return [
    ...pinned.map(key => line([gatewayAlias(fleet)], key)),
    ...devices.flatMap(({ id, key, hostKeys }) => [
      ...(key === undefined ? [] : [line(withSuffix(id), key)]),
      ...hostKeys.map(hostKey => line(withSuffix(`${id}.host`), hostKey)),
    ]),
  ];
}

const line = (names: readonly string[], key: string): string =>
  `${names.join(',')} ${key.split(' ').slice(0, 2).join(' ')}\n`;

const hostOf = (address: string): string => address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

/** A path as OpenSSH takes it; it has no way to write a quote. */
export const quoted = (path: string): string => `"${path}"`;
