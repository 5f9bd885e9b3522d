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
import { emptyMapping, isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { doubleQuoted } from './double-quoted.ts';
import type { Marks } from './marks.ts';
import { nodeOf, type Reading } from './reading.ts';
import { resolvePlain, resolveTagged } from './scalar.ts';

/** A key that is left out: its value is `!reset`. */
export const removed = Symbol('removed');
type Read = Value | typeof removed;

/** Names of anchors are letters, digits, `-` and `_`. */
function refuseAnchorName(reading: Reading, node: Node, name: string, path: Path): void {
  if (!/^[\w-]+$/.test(name)) reading.fail(node, path, `\`${printable(name)}\` is no name of an anchor`);
}

function readScalar(reading: Reading, node: Node, path: Path): Value {
  if (!isScalar(node)) return null;
  const own = typeof node.value === 'string' ? node.value : String(node.source ?? node.value ?? '');
  const text = node.type === 'QUOTE_DOUBLE' ? doubleQuoted(reading, node, own, path) : own;
  if (text.length > reading.limits.scalarCharacters) {
    reading.fail(
      node,
      path,
      `a value is longer than ${reading.limits.scalarCharacters} characters`,
      'COMPOSE_TOO_LARGE',
    );
  }
  if (node.tag !== undefined && /^(tag:yaml\.org,2002:|!!)/.test(node.tag)) {
    const tagged = resolveTagged(node.tag, text);
    if (tagged === undefined) {
      return reading.fail(node, path, `cannot read \`${printable(text)}\` as ${printable(node.tag)}`);
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
  if (key === null || !isScalar(key)) return reading.fail(key, path, 'a key is not text');
  if (key.anchor !== undefined) reading.anchors.set(key.anchor, key);
  const value = readScalar(reading, key, path);
  if (value === '__proto__') reading.fail(key, path, 'a key may not be `__proto__`');
  if (typeof value === 'string') return value;
  return reading.fail(key, path, `a key is not text: ${printable(String(key.source ?? key.value))}`);
}

/** False where an alias reads the node again: the value then stands where it stood first. */
function firstReading(reading: Reading, node: Node, value: Mapping | Value[]): boolean {
  const before = reading.read.get(node);
  if (before === undefined) reading.read.set(node, value);
  else reading.marks.copyAll(before, value);
  return before === undefined;
}

/** What a merge key takes in: one mapping, or those of a list. */
function mergeSources(reading: Reading, node: Node | null, value: Value, path: Path): Mapping[] {
  return (isList(value) ? value : [value]).map(source =>
    isMapping(source) ? source : reading.fail(node, path, '`<<` needs a mapping or a list of mappings'),
  );
}

/** YAML's merge key: what stands in the mapping itself wins, then the first of several. Source: yaml.org/type/merge. */
function mergeInto(target: Mapping, source: Mapping, marks: Marks | undefined): void {
  for (const key of Object.keys(source)) {
    if (key in target) continue;
    target[key] = source[key] ?? null;
    marks?.copy(source, key, target, key);
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
  const merges: { node: Node | null; value: Value }[] = [];
  const first = firstReading(reading, node, mapping);
  for (const pair of node.items) {
    if (!isPair(pair) || reading.taken.has(pair)) continue;
    const keyNode = nodeOf(pair.key);
    const valueNode = nodeOf(pair.value);
    const key = keyText(reading, keyNode, path);
    const position = reading.place(keyNode);
    const before = seen.get(key);
    if (before !== undefined) {
      const text = `key \`${printable(key)}\` is already defined at line ${before.line}`;
      reading.fail(keyNode, [...path, key], text);
    }
    seen.set(key, position);
    const isMerge = key === '<<' && isScalar(keyNode) && isMergeKey(keyNode);
    const value = read(reading, valueNode, isMerge ? path : [...path, key], isMerge);
    if (value === removed) reading.taken.add(pair);
    else if (isMerge) merges.push({ node: valueNode, value });
    else {
      mapping[key] = value;
      if (first) reading.marks.set(mapping, key, position);
    }
  }
  const marks = first ? reading.marks : undefined;
  for (const { node: from, value } of merges) {
    for (const source of mergeSources(reading, from, value, path)) mergeInto(mapping, source, marks);
  }
  return mapping;
}

function readList(reading: Reading, node: YAMLSeq, path: Path): Value[] {
  const list: Value[] = [];
  const first = firstReading(reading, node, list);
  for (const [index, item] of node.items.entries()) {
    if (reading.taken.has(item)) continue;
    const element = nodeOf(item);
    const value = read(reading, element, [...path, index], false);
    if (value === removed) {
      reading.taken.add(item);
      continue;
    }
    list.push(value);
    if (first) reading.marks.set(list, list.length - 1, reading.place(element));
  }
  return list;
}

function readAlias(reading: Reading, node: Node, path: Path, merging: boolean): Read {
  if (!isAlias(node)) return null;
  const target = reading.anchors.get(node.source);
  if (target === undefined) {
    return reading.fail(node, path, `unknown alias *${printable(node.source)}`);
  }
  if (reading.open.has(target) || reading.trail.repeats(node, target, path)) {
    reading.fail(node, path, `alias *${printable(node.source)} stands inside itself`, 'COMPOSE_CYCLE');
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
    reading.fail(node, path, `nested deeper than ${reading.limits.depth} levels`, 'COMPOSE_TOO_LARGE');
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
