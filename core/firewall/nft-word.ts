/** What may stand in a rule. Whatever comes from a file goes through here: a text that is more than a word is refused. */

import { isAddress } from '../compose/value/address.ts';
import { isInside } from '../compose/value/address-range.ts';
import { printable } from '../compose/value/fault.ts';
import { interfacePattern } from '../egress/bridge-name.ts';
import { isPort, type PortRange } from '../egress/port-range.ts';
import { TowlineError } from '../errors.ts';

function refused(what: string, text: string): TowlineError {
  return new TowlineError('FIREWALL_WORD', `\`${printable(text.slice(0, 100))}\` is no ${what}`);
}

/** An address, or a range of addresses. @throws TowlineError FIREWALL_WORD */
export function addressWord(text: string): string {
  if (isAddress(text) || isInside(text, text)) return text.toLowerCase();
  throw refused('address', text);
}

/** @throws TowlineError FIREWALL_WORD */
export function portWord({ from, to }: PortRange): string {
  if (!isPort(from) || !isPort(to) || to < from) throw refused('port', `${from}-${to}`);
  return from === to ? `${from}` : `${from}-${to}`;
}

/** In order, without what two have in common: nft takes no ranges that overlap. */
export function portSet(ports: readonly PortRange[]): string {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...ports].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return setOf(merged.map(portWord));
}

/** In quotes. @throws TowlineError FIREWALL_WORD */
export function interfaceWord(name: string): string {
  const plain = name.endsWith('*') ? name.slice(0, -1) : name;
  if (!interfacePattern.test(plain)) throw refused('name of an interface', name);
  return `"${name}"`;
}

/** Of one kind, each once: one by itself, several in braces. */
export function setOf(words: readonly string[]): string {
  const each = [...new Set(words)];
  return each.length === 1 ? `${each[0]}` : `{ ${each.join(', ')} }`;
}

/** nft takes 128 bytes in a comment, and has no escapes. */
const longestComment = 120;

export function commentWord(text: string): string {
  return `"${text.replace(/[^A-Za-z0-9 .,:;/_()[\]@=+*-]/g, '?').slice(0, longestComment)}"`;
}

/** A line of the file that nft does not read. */
export const remarkLine = (text: string): string => `# ${printable(text)}`;
