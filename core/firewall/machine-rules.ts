/** The rules of a machine that serves: a gateway, a registry. It forwards nothing. */
import { destinationRules, requireAddresses } from './destination.ts';
import type { MachineFacts } from './gateway-facts.ts';
import {
  ending,
  inputBasics,
  inputNetwork,
  type OpenPort,
  openRules,
  outputBasics,
  seenSets,
} from './host-rules.ts';
import type { Addresses, Ruleset } from './ruleset.ts';

function ports({ open, ssh }: MachineFacts): readonly OpenPort[] {
  if (ssh === undefined) return open;
  return [...open, { purpose: 'SSH', address: '', ports: { from: ssh.port, to: ssh.port }, from: ssh.from }];
}

/** @throws TowlineError FIREWALL_UNRESOLVED, FIREWALL_WORD */
export function machineRules(facts: MachineFacts, addresses: Addresses): Ruleset {
  const { destinations, notes, log = false } = facts;
  requireAddresses(destinations, addresses);
  const open = ports(facts);
  return {
    sets: seenSets(open),
    chains: [
      {
        name: 'input',
        hook: 'input',
        rules: [
          ...inputBasics(),
          ...inputNetwork(),
          ...open.flatMap(openRules),
          ...ending('in', log, 'drop'),
        ],
      },
      { name: 'forward', hook: 'forward', rules: ending('through', log, 'drop') },
      {
        name: 'output',
        hook: 'output',
        rules: [
          ...outputBasics(),
          ...destinations.flatMap(each => destinationRules(each, addresses)),
          ...ending('out', log, 'reject'),
        ],
      },
    ],
    notes,
  };
}
