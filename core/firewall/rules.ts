/** Facts → rules, for whichever machine: a text that `nft -f` loads. */
import { type Destination, namesOf } from './destination.ts';
import type { DeviceFacts } from './device-facts.ts';
import { deviceDestinations, deviceRules } from './device-rules.ts';
import type { MachineFacts } from './gateway-facts.ts';
import { machineRules } from './machine-rules.ts';
import { printRules } from './print.ts';
import type { Addresses, Ruleset } from './ruleset.ts';

export type FirewallQuestion =
  | { readonly kind: 'device'; readonly facts: DeviceFacts }
  | { readonly kind: 'gateway' | 'registry'; readonly facts: MachineFacts };

const destinationsOf = (question: FirewallQuestion): readonly Destination[] =>
  question.kind === 'device' ? deviceDestinations(question.facts) : question.facts.destinations;

/** Names whose addresses the rules need. */
export const namesToResolve = (question: FirewallQuestion): string[] => namesOf(destinationsOf(question));

/** @throws TowlineError FIREWALL_UNRESOLVED, FIREWALL_WORD */
export function rulesetOf(question: FirewallQuestion, addresses: Addresses): Ruleset {
  return question.kind === 'device'
    ? deviceRules(question.facts, addresses)
    : machineRules(question.facts, addresses);
}

/**
 * @param addresses of all `namesToResolve`
 * @param head lines that say what this is
 * @throws TowlineError FIREWALL_UNRESOLVED, FIREWALL_WORD
 */
export function firewallRules(
  question: FirewallQuestion,
  addresses: Addresses,
  head: readonly string[] = [],
): string {
  return printRules(rulesetOf(question, addresses), head);
}
