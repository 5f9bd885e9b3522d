/** What only the site of a machine knows, as options; all three kinds of machines have them. */
import { type Command, Option } from 'commander';
import { isAddress } from '../../core/compose/value/address.ts';
import { isInside } from '../../core/compose/value/address-range.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Destination } from '../../core/firewall/destination.ts';
import { destinationOf, type SiteFacts } from '../../core/firewall/device-facts.ts';
import { collect } from '../command/collect.ts';

export interface SiteOptions {
  readonly dns?: readonly string[];
  readonly ntp?: readonly string[];
  readonly ssh?: readonly string[];
  readonly sshPort?: string;
  readonly to?: readonly string[];
  readonly address?: readonly string[];
  readonly resolve?: 'on' | 'off';
  readonly log?: boolean;
  readonly output?: string;
  readonly check?: boolean;
  readonly loaded?: string;
  readonly json?: boolean;
}

export function siteOptions(command: Command): Command {
  return command
    .option('--dns <address>', 'a name server, or `none`; may be repeated', collect)
    .option('--ntp <host>', 'a host that tells the time, or `none`; may be repeated', collect)
    .option(
      '--ssh <range>',
      'let SSH in from this range of addresses, or from `any`; may be repeated',
      collect,
    )
    .option('--ssh-port <port>', 'where sshd of the machine listens', '22')
    .option('--to <host:port>', 'let it out to this TCP port as well; may be repeated', collect)
    .option(
      '--address <name=address>',
      'an address of a name, instead of asking for it; may be repeated',
      collect,
    )
    .addOption(
      new Option('--resolve <how>', 'whether names are resolved; off: all by --address')
        .choices(['on', 'off'])
        .default('on'),
    )
    .option('--log', 'log some of what is refused')
    .option('--output <file>', 'write the rules there; the file that is there is replaced as one')
    .option('--check', 'compare with what is loaded on this machine instead of printing')
    .option('--loaded <file>', 'with --check: compare with what `nft -j list table inet towline` has printed')
    .option('--json', 'one JSON object instead of text');
}

const usage = (message: string): TowlineError => new TowlineError('CLI_USAGE', message);

export const isRange = (text: string): boolean => isAddress(text) || isInside(text, text);

/** @throws TowlineError CLI_USAGE */
export function rangesOf(option: string, ranges: readonly string[]): 'any' | readonly string[] {
  if (ranges.includes('any')) return 'any';
  const wrong = ranges.find(range => !isRange(range));
  if (wrong !== undefined)
    throw usage(`${option} ${wrong} must be an address, a range such as 10.1.0.0/16, or any`);
  return ranges;
}

const hostForm = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

function oneOrNone(
  option: string,
  given: readonly string[],
  isOne: (text: string) => boolean,
): readonly string[] {
  if (given.length === 1 && given[0] === 'none') return [];
  const wrong = given.find(text => !isOne(text));
  if (wrong !== undefined) throw usage(`${option} ${wrong} is none`);
  return given.map(text => text.toLowerCase());
}

function others(to: readonly string[]): Destination[] {
  return to.map(text => {
    const found = destinationOf('asked for:', text);
    if (found === undefined) throw usage(`--to ${text} must be host:port, with a port from 1 to 65535`);
    return found;
  });
}

/** @throws TowlineError CLI_USAGE */
export function siteFacts(options: SiteOptions): SiteFacts {
  const { dns, ntp, ssh, sshPort = '22', to = [], log } = options;
  if (dns === undefined || ntp === undefined)
    throw usage(
      'which servers tell it names and the time? --dns ADDRESS and --ntp HOST, or none: no file of the fleet says it',
    );
  const port = Number(sshPort);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw usage(`--ssh-port ${sshPort} is no port`);
  return {
    dns: oneOrNone('name server --dns', dns, isAddress),
    ntp: oneOrNone('host --ntp', ntp, text => isAddress(text) || hostForm.test(text)),
    others: others(to),
    ...(ssh === undefined ? {} : { ssh: { from: rangesOf('--ssh', ssh), port } }),
    ...(log === undefined ? {} : { log }),
  };
}

/** Names with addresses that the person gives. @throws TowlineError CLI_USAGE */
export function givenAddresses({ address = [] }: SiteOptions): Map<string, readonly string[]> {
  const given = new Map<string, readonly string[]>();
  for (const text of address) {
    const [name = '', value = ''] = text.split('=', 2);
    if (!hostForm.test(name) || !isAddress(value)) throw usage(`--address ${text} must be NAME=ADDRESS`);
    given.set(name.toLowerCase(), [...(given.get(name.toLowerCase()) ?? []), value]);
  }
  return given;
}
