import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Position } from '../../errors.ts';
import { type Path, printable } from '../value/fault.ts';
import { emptyMapping, isMapping, type Mapping, type Value } from '../value/value.ts';
import { doubleQuoted } from './double-quoted.ts';
import { fail, place, type Reading } from './reading.ts';
import { resolvePlain, resolveTagged } from './scalar.ts';

/** A key that is left out: its value is `!reset`. */
export const removed = Symbol('removed');
type Read = Value | typeof removed;

/** Names of anchors are letters, digits, `-` and `_`. */
function refuseAnchorName(reading: Reading, node: Node, name: string, path: Path): void {
  if (!/^[\w-]+$/.test(name))
    fail(reading, node, 'COMPOSE_SYNTAX', path, `\`${printable(name)}\` is no name of an anchor`);
}

function readScalar(reading: Reading, node: Node, path: Path): Value {
  if (!isScalar(node)) return null;
  const own = typeof node.value === 'string' ? node.value : String(node.source ?? node.value ?? '');
  const text = node.type === 'QUOTE_DOUBLE' ? doubleQuoted(reading, node, own, path) : own;
  if (text.length > reading.limits.scalarCharacters) {
    fail(
      reading,
      node,
      'COMPOSE_TOO_LARGE',
      path,
      `a value is longer than ${reading.limits.scalarCharacters} characters`,
    );
  }
  if (node.tag !== undefined && /^(tag:yaml\.org,2002:|!!)/.test(node.tag)) {
    const tagged = resolveTagged(node.tag, text);
    if (tagged === undefined) {
      return fail(
        reading,
        node,
        'COMPOSE_SYNTAX',
        path,
        `cannot read \`${printable(text)}\` as ${printable(node.tag)}`,
      );
    }
    return tagged;
  }
  return node.type === 'PLAIN' && (node.tag === undefined || node.tag === '!') ? resolvePlain(text) : text;
}

function keyText(reading: Reading, key: Node | null, path: Path): string {
  if (key !== null && isAlias(key)) {
    const target = reading.anchors.get(key.source);
    return keyText(reading, target ?? null, path);
  }
  if (key === null || !isScalar(key)) return fail(reading, key, 'COMPOSE_SYNTAX', path, 'a key is not text');
  if (key.anchor !== undefined) reading.anchors.set(key.anchor, key);
  const value = readScalar(reading, key, path);
  if (value === '__proto__') fail(reading, key, 'COMPOSE_SYNTAX', path, 'a key may not be `__proto__`');
  if (typeof value === 'string') return value;
  return fail(
    reading,
    key,
    'COMPOSE_SYNTAX',
    path,
    `a key is not text: ${printable(String(key.source ?? key.value))}`,
  );
}

/** False where an alias reads the node again: the value then stands where it stood first. */
function firstReading(reading: Reading, node: Node, value: Mapping | Value[]): boolean {
  const before = reading.read.get(node);
  if (before === undefined) reading.read.set(node, value);
  else reading.marks.copyAll(before, value);
  return before === undefined;
}

/** YAML's merge key: what stands in the mapping itself wins, then the first of several. Source: yaml.org/type/merge. */
function mergeInto(
  reading: Reading,
  target: Mapping,
  source: Read,
  node: Node | null,
  path: Path,
  first: boolean,
): void {
  if (source === removed) return;
  const sources = Array.isArray(source) ? source : [source];
  for (const from of sources) {
    if (!isMapping(from)) {
      fail(reading, node, 'COMPOSE_SYNTAX', path, '`<<` needs a mapping or a list of mappings');
    }
    for (const key of Object.keys(from)) {
      if (key in target) continue;
      target[key] = from[key] ?? null;
      if (first) reading.marks.copy(from, key, target, key);
    }
  }
}

function isMergeKey(key: Scalar): boolean {
  return (
    key.type === 'PLAIN' && (key.tag === undefined || /^(?:!|(?:!!|tag:yaml\.org,2002:)merge)$/.test(key.tag))
  );
}

function readMapping(reading: Reading, node: YAMLMap, path: Path): Mapping {
  const mapping = emptyMapping();
  const seen = new Map<string, Position>();
  const merges: { node: Node | null; value: Read }[] = [];
  const first = firstReading(reading, node, mapping);
  for (const pair of node.items) {
    if (!isPair(pair)) continue;
    const keyNode = (pair.key ?? null) as Node | null;
    const valueNode = (pair.value ?? null) as Node | null;
    const key = keyText(reading, keyNode, path);
    const position = place(reading, keyNode);
    const before = seen.get(key);
    if (before !== undefined) {
      const text = `key \`${printable(key)}\` is already defined at line ${before.line}`;
      fail(reading, keyNode, 'COMPOSE_SYNTAX', [...path, key], text);
    }
    seen.set(key, position);
    const isMerge = key === '<<' && isScalar(keyNode) && isMergeKey(keyNode);
    const value = read(reading, valueNode, isMerge ? path : [...path, key], isMerge);
    if (isMerge) merges.push({ node: valueNode, value });
    else if (value !== removed) {
      mapping[key] = value;
      if (first) reading.marks.set(mapping, key, position);
    }
  }
  for (const merge of merges) mergeInto(reading, mapping, merge.value, merge.node, path, first);
  return mapping;
}

function readList(reading: Reading, node: YAMLSeq, path: Path): Value[] {
  const list: Value[] = [];
  const first = firstReading(reading, node, list);
  for (const [index, item] of node.items.entries()) {
    const element = item as Node | null;
    const value = read(reading, element, [...path, index], false);
    if (value === removed) continue;
    list.push(value);
    if (first) reading.marks.set(list, list.length - 1, place(reading, element));
  }
  return list;
}

function readAlias(reading: Reading, node: Node, path: Path, merging: boolean): Read {
  if (!isAlias(node)) return null;
  const target = reading.anchors.get(node.source);
  if (target === undefined) {
    return fail(reading, node, 'COMPOSE_SYNTAX', path, `unknown alias *${printable(node.source)}`);
  }
  if (reading.open.has(target) || reading.trail.repeats(node, target, path)) {
    fail(reading, node, 'COMPOSE_CYCLE', path, `alias *${printable(node.source)} stands inside itself`);
  }
  return read(reading, target, path, merging);
}

/** Inside an `!override` nothing comes from before: the tags of the merge are tags without meaning there. */
function isOverridden(reading: Reading): boolean {
  return [...reading.open].some(node => node.tag === '!override');
}

/**
 * A node as a value, aliases and merge keys expanded, `!reset` and `!override` noted.
 * @throws ComposeFault COMPOSE_SYNTAX, COMPOSE_CYCLE or COMPOSE_TOO_LARGE
 */
export function read(reading: Reading, node: Node | null, path: Path, merging: boolean): Read {
  if (reading.open.size > reading.limits.depth) {
    fail(reading, node, 'COMPOSE_TOO_LARGE', path, `nested deeper than ${reading.limits.depth} levels`);
  }
  if (node === null) return null;
  if (isAlias(node)) return readAlias(reading, node, path, merging);
  if ('anchor' in node && typeof node.anchor === 'string') {
    refuseAnchorName(reading, node, node.anchor, path);
    reading.anchors.set(node.anchor, node);
  }
  if ((node.tag === '!reset' || node.tag === '!override') && !isOverridden(reading)) {
    reading.replaced.push(path);
    if (node.tag === '!reset') return removed;
  }
  if (!isMap(node) && !isSeq(node)) return readScalar(reading, node, path);
  reading.open.add(node);
  const value = isMap(node) ? readMapping(reading, node, path) : readList(reading, node, path);
  reading.open.delete(node);
  return value;
}
