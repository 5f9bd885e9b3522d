/** A table as `nft -j list table` prints it, and in what two of them differ. */
import { canonicalJson } from '../canonical-json.ts';
import { TowlineError } from '../errors.ts';

interface LoadedRule {
  readonly comment: string;
  /** All of it but its counters and its number. */
  readonly text: string;
  /** Addresses of hosts that stand in it. */
  readonly addresses: readonly string[];
  /** `text` without them. */
  readonly frame: string;
}

export interface LoadedTable {
  /** What it is marked with, as one text: a table that is dormant holds all its rules, and none of them does anything. */
  readonly flags: string;
  /** Name → type, hook, priority and policy, as one text. */
  readonly chains: ReadonlyMap<string, string>;
  /** Name of a chain → its rules in order. */
  readonly rules: ReadonlyMap<string, readonly LoadedRule[]>;
  /** Name → type, flags, timeout and size, as one text. */
  readonly sets: ReadonlyMap<string, string>;
}

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const membersOf = (value: unknown): Members => (isObject(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Of rules that the kernel has: more are not compared. */
const mostRules = 20_000;

/** What runs on by itself is no difference. */
function still(value: unknown, depth = 0): unknown {
  if (depth > 32) throw new TowlineError('FIREWALL_NFT', 'what nft printed is too deep');
  if (Array.isArray(value)) return value.map(each => still(each, depth + 1));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'handle');
  return Object.fromEntries(
    entries.map(([key, member]) => [key, key === 'counter' ? null : still(member, depth + 1)]),
  );
}

/** `{match: {left: {payload: {field: 'daddr'}}, right}}`: the addresses on its right. */
function hostAddresses(statement: unknown): string[] | undefined {
  const { left, right } = membersOf(membersOf(statement).match);
  const { field } = membersOf(membersOf(left).payload);
  if (field !== 'daddr' && field !== 'saddr') return undefined;
  const set = membersOf(right).set;
  const all: readonly unknown[] = Array.isArray(set) ? set : [right];
  return all.map(each => (typeof each === 'string' ? each : canonicalJson(each))).sort();
}

function ruleOf(rule: Members): LoadedRule {
  const statements: readonly unknown[] = Array.isArray(rule.expr) ? rule.expr : [];
  const expr = statements.map(each => still(each));
  const addresses = expr.flatMap(each => hostAddresses(each) ?? []);
  const frame = expr.map(each => (hostAddresses(each) === undefined ? each : 'addresses'));
  return {
    ...{ comment: textOf(rule.comment), addresses },
    text: canonicalJson(expr),
    frame: canonicalJson(frame),
  };
}

/**
 * @param text of one table
 * @throws TowlineError FIREWALL_NFT
 */
export function readLoadedTable(text: string): LoadedTable {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new TowlineError('FIREWALL_NFT', 'what nft printed is no JSON', { cause });
  }
  const { nftables } = membersOf(parsed);
  if (!Array.isArray(nftables) || nftables.length > mostRules)
    throw new TowlineError('FIREWALL_NFT', 'what nft printed is no list of a table');
  const chains = new Map<string, string>();
  const rules = new Map<string, LoadedRule[]>();
  const sets = new Map<string, string>();
  let tableFlags = '';
  for (const entry of nftables) {
    const { table, chain, rule, set } = membersOf(entry);
    // nft 1.0.6 says that there are some, and not which.
    if (isObject(table) && table.flags !== undefined) tableFlags = canonicalJson(table.flags);
    if (isObject(chain)) {
      const { name, type, hook, prio, policy } = chain;
      chains.set(textOf(name), canonicalJson({ type, hook, prio, policy }));
    } else if (isObject(rule)) {
      const name = textOf(rule.chain);
      const all = rules.get(name) ?? [];
      all.push(ruleOf(rule));
      rules.set(name, all);
    } else if (isObject(set)) {
      const { name, type, flags, timeout, size } = set;
      sets.set(textOf(name), canonicalJson({ type, flags, timeout, size }));
    }
  }
  return { flags: tableFlags, chains, rules, sets };
}

export interface Difference {
  readonly kind: 'missing' | 'unknown' | 'changed' | 'stale' | 'order';
  readonly chain: string;
  /** The comment of the rule; what a rule without one says; '' for the chain itself. */
  readonly rule: string;
  /** Of `stale`: addresses that are loaded, and those of now. */
  readonly loaded?: readonly string[];
  readonly now?: readonly string[];
}

const shownRule = ({ comment, text }: LoadedRule): string => (comment === '' ? text.slice(0, 200) : comment);

/** Those of `all` that `others` has not, as often as it has not. */
function without(all: readonly LoadedRule[], others: readonly LoadedRule[]): LoadedRule[] {
  const counts = new Map<string, number>();
  for (const { text } of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  return all.filter(({ text }) => {
    const left = counts.get(text) ?? 0;
    counts.set(text, left - 1);
    return left <= 0;
  });
}

function chainDifferences(
  chain: string,
  wanted: readonly LoadedRule[],
  loaded: readonly LoadedRule[],
): Difference[] {
  const missing = without(wanted, loaded);
  const unknown = without(loaded, wanted);
  const found = missing.map((rule): Difference => {
    const { frame, comment } = rule;
    const same = unknown.findIndex(other => other.comment === comment && other.frame === frame);
    const at = same >= 0 ? same : unknown.findIndex(other => comment !== '' && other.comment === comment);
    const [other] = at < 0 ? [] : unknown.splice(at, 1);
    if (other === undefined) return { kind: 'missing', chain, rule: shownRule(rule) };
    if (same < 0) return { kind: 'changed', chain, rule: shownRule(rule) };
    return { kind: 'stale', chain, rule: shownRule(rule), loaded: other.addresses, now: rule.addresses };
  });
  const rest = unknown.map((rule): Difference => ({ kind: 'unknown', chain, rule: shownRule(rule) }));
  if (found.length + rest.length > 0) return [...found, ...rest];
  const isInOrder = wanted.every(({ text }, index) => loaded[index]?.text === text);
  return isInOrder ? [] : [{ kind: 'order', chain, rule: '' }];
}

function named(wanted: ReadonlyMap<string, string>, loaded: ReadonlyMap<string, string>): Difference[] {
  const names = [...new Set([...wanted.keys(), ...loaded.keys()])];
  return names.flatMap((chain): Difference[] => {
    const [mine, theirs] = [wanted.get(chain), loaded.get(chain)];
    if (mine === theirs) return [];
    const kind = mine === undefined ? 'unknown' : theirs === undefined ? 'missing' : 'changed';
    return [{ kind, chain, rule: '' }];
  });
}

/** Dormant, most often: `flags dormant`. */
const asAWhole: Difference = {
  kind: 'changed',
  chain: 'the table itself, by a flag such as dormant,',
  rule: '',
};

/** @param wanted as nft would print what is printed now */
export function tableDifferences(wanted: LoadedTable, loaded: LoadedTable): Difference[] {
  const chains = [...wanted.chains.keys()].filter(chain => loaded.chains.has(chain));
  return [
    ...(wanted.flags === loaded.flags ? [] : [asAWhole]),
    ...named(wanted.sets, loaded.sets),
    ...named(wanted.chains, loaded.chains),
    ...chains.flatMap(chain =>
      chainDifferences(chain, wanted.rules.get(chain) ?? [], loaded.rules.get(chain) ?? []),
    ),
  ];
}
