/** The rules of a device. */

import type { EgressEntry } from '../egress/egress.ts';
import { isLinkLocal, linkLocal } from '../egress/link-local.ts';
import type { AppNetworks } from './app-networks.ts';
import { type Destination, destinationRules, onePort, requireAddresses } from './destination.ts';
import type { DeviceFacts } from './device-facts.ts';
import {
  accept,
  ending,
  established,
  inputBasics,
  inputNetwork,
  openRules,
  outputBasics,
} from './host-rules.ts';
import { interfaceWord, setOf } from './nft-word.ts';
import { publishedForward, publishedInput } from './published-ports.ts';
import type { Addresses, Chain, Rule, Ruleset } from './ruleset.ts';

/** Bridges that engines make and name by themselves. */
const engineBridges = ['docker0', 'br-*', 'podman*'];

function bridgesOf({ apps }: DeviceFacts): string[] {
  const isCovered = (name: string) =>
    name === 'docker0' || name.startsWith('br-') || name.startsWith('podman');
  const named = apps.flatMap(({ bridges }) => bridges).filter(name => !isCovered(name));
  return [...engineBridges, ...new Set(named)].map(interfaceWord);
}

function input(facts: DeviceFacts, bridges: string): Chain {
  const { ssh, published, log = false } = facts;
  const rules = [
    ...inputBasics(),
    {
      match: [`iifname ${bridges}`, 'counter'],
      verdict: 'reject with icmpx admin-prohibited',
      comment: 'containers do not reach the device',
    },
    ...inputNetwork(),
    ...(ssh === undefined
      ? []
      : openRules({ purpose: 'SSH', address: '', ports: { from: ssh.port, to: ssh.port }, from: ssh.from })),
    ...published.map(publishedInput),
    ...ending('in', log, 'drop'),
  ];
  return { name: 'input', hook: 'input', rules };
}

const refusedLinkLocal: readonly Rule[] = linkLocal.map(({ range }) => ({
  match: [range],
  verdict: 'drop',
  comment: 'addresses of a link',
}));

const destination = (app: string, { to, ports, protocol }: EgressEntry): Destination => ({
  purpose: `app ${app}:`,
  host: to,
  ports,
  protocol,
});

/** What the app's file lists, as places. */
const listed = ({ app, egress }: AppNetworks): Destination[] =>
  typeof egress === 'string' ? [] : egress.map(entry => destination(app, entry));

/** Of one app, or of all that have one network: what somebody names on a link comes before what nobody else reaches there. */
function egressRules(apps: readonly AppNetworks[], addresses: Addresses): Rule[] {
  const leaving = apps.filter(({ egress }) => egress !== 'none');
  if (leaving.length === 0) return [];
  const places = leaving.flatMap(listed);
  const rulesOf = (isNear: boolean) =>
    places
      .filter(({ host }) => isLinkLocal(host) === isNear)
      .flatMap(place => destinationRules(place, addresses));
  const anywhere = leaving.filter(({ egress }) => egress === 'any');
  return [
    ...rulesOf(true),
    ...refusedLinkLocal,
    ...rulesOf(false),
    ...anywhere.map(({ app }) => accept(`app ${app}: anywhere`)),
  ];
}

const chainOf = ({ app }: AppNetworks): string => `app-${app}`;

const leaves = ({ egress, bridges }: AppNetworks): boolean => egress !== 'none' && bridges.length > 0;

/** What leaves an app's networks, whatever it goes by. */
function appChain(networks: AppNetworks, { dns, addresses, bridges }: Leaving): Chain {
  const rules = [
    {
      match: [`oifname ${bridges}`],
      verdict: 'return',
      comment: 'networks of others',
    },
    ...dns.flatMap(host =>
      destinationRules({ purpose: 'DNS', host, ports: onePort(53), protocol: 'any' }, addresses),
    ),
    ...egressRules([networks], addresses),
  ];
  return { name: chainOf(networks), rules };
}

interface Leaving {
  readonly dns: readonly string[];
  readonly addresses: Addresses;
  readonly bridges: string;
}

function forward(facts: DeviceFacts, bridges: string): Chain {
  const { apps, published, log = false } = facts;
  const unknown = setOf(engineBridges.map(interfaceWord));
  const named = [...new Set(apps.flatMap(app => app.bridges))].map(interfaceWord);
  const rules: Rule[] = [
    // With br_netfilter, which engines load, what stays on one bridge comes by here too.
    ...named.map(name => accept('within one network', `iifname ${name}`, `oifname ${name}`)),
    accept(
      'within networks that the engine names, and keeps apart',
      `iifname ${unknown}`,
      `oifname ${unknown}`,
    ),
    established,
    { match: ['ct state invalid'], verdict: 'drop', comment: 'belongs to nothing' },
    ...published.map(port => {
      const rule = publishedForward(port, bridges);
      return { ...rule, match: [`iifname != ${bridges}`, ...rule.match] };
    }),
    ...apps.filter(leaves).map(app => ({
      match: [`iifname ${setOf(app.bridges.map(interfaceWord))}`],
      verdict: `jump ${chainOf(app)}`,
      comment: `app ${app.app}: egress`,
    })),
    {
      match: [`iifname ${bridges}`, 'counter'],
      verdict: 'reject with icmpx admin-prohibited',
      comment: 'no egress',
    },
    ...ending('through', log, 'drop'),
  ];
  return { name: 'forward', hook: 'forward', rules };
}

function output(facts: DeviceFacts, bridges: string, addresses: Addresses): Chain {
  const { apps, destinations, log = false } = facts;
  const rules = [
    ...outputBasics(),
    accept('its own containers', `oifname ${bridges}`),
    ...destinations.flatMap(each => destinationRules(each, addresses)),
    ...egressRules(
      apps.filter(({ onHost }) => onHost),
      addresses,
    ),
    ...ending('out', log, 'reject'),
  ];
  return { name: 'output', hook: 'output', rules };
}

/** All that must have an address before the rules can be made. */
export const deviceDestinations = ({ destinations, apps }: DeviceFacts): Destination[] => [
  ...destinations,
  ...apps.filter(app => leaves(app) || app.onHost).flatMap(listed),
];

/** @throws TowlineError FIREWALL_UNRESOLVED, FIREWALL_WORD */
export function deviceRules(facts: DeviceFacts, addresses: Addresses): Ruleset {
  requireAddresses(deviceDestinations(facts), addresses);
  const bridges = setOf(bridgesOf(facts));
  const leaving = { dns: facts.dns, addresses, bridges };
  return {
    chains: [
      ...facts.apps.filter(leaves).map(app => appChain(app, leaving)),
      input(facts, bridges),
      forward(facts, bridges),
      output(facts, bridges, addresses),
    ],
    notes: facts.notes,
  };
}
