/**
 * Rules as nft reads them, in one transaction: either all of them hold afterwards, or what held before. No table but our own
 * is named.
 */
import { commentWord, remarkLine } from './nft-word.ts';
import type { Chain, Rule, Ruleset, SeenSet } from './ruleset.ts';

/** Of ours alone: removed and made anew by each load. */
export const tableName = 'towline';

/**
 * Before the chains of Docker (priority 0), of either of its backends and of iptables-legacy. What is accepted here goes on to
 * them, and must be accepted there as well; what is dropped here is dropped.
 */
const priority = 'filter - 10';

function ruleLine({ match, verdict, comment }: Rule): string {
  return `    ${[...match, verdict, `comment ${commentWord(comment)}`].join(' ')}`;
}

function chainLines({ name, hook, rules }: Chain): string[] {
  const base = hook === undefined ? [] : [`    type filter hook ${hook} priority ${priority}; policy drop;`];
  return [`  chain ${name} {`, ...base, ...rules.map(ruleLine), '  }'];
}

function setLines({ name, type }: SeenSet): string[] {
  return [`  set ${name} {`, `    type ${type}; flags dynamic, timeout; timeout 2m; size 65536;`, '  }'];
}

/** @param head lines that say what this is, and when its names were resolved */
export function printRules({ sets = [], chains, notes }: Ruleset, head: readonly string[]): string {
  return [
    '#!/usr/sbin/nft -f',
    ...[...head, ...notes].map(remarkLine),
    `table inet ${tableName}`,
    `delete table inet ${tableName}`,
    `table inet ${tableName} {`,
    ...sets.flatMap(setLines),
    ...chains.flatMap(chainLines),
    '}',
    '',
  ].join('\n');
}
