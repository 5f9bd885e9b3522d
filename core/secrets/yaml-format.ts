/** YAML and JSON documents as secret trees, comments included. */
import {
  Document,
  isAlias,
  isNode,
  isScalar,
  isSeq,
  isMap as isYamlMap,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import { TowlineError } from '../errors.ts';
import { isComment, isEntry, type SecretComment, type SecretMap, type SecretValue } from './tree.ts';
import type { SecretScalar } from './value.ts';

/** Deepest nesting that is read. */
const maxDepth = 100;

const comments = (text: string | null | undefined): SecretComment[] =>
  typeof text === 'string' && text !== '' ? text.split('\n').map(comment => ({ comment })) : [];

function toValue(node: unknown, depth: number): SecretValue {
  if (depth > maxDepth)
    throw new TowlineError('SECRET_MALFORMED', `the document is nested deeper than ${maxDepth}`);
  if (node === null || node === undefined) return null;
  if (isAlias(node)) throw new TowlineError('SECRET_UNSUPPORTED', 'the document uses aliases');
  if (isYamlMap(node)) return toMap(node, depth);
  if (isSeq(node)) {
    const items = node.items.flatMap(item => {
      return [
        ...comments(isNode(item) ? item.commentBefore : undefined),
        toValue(item, depth + 1),
        ...comments(isScalar(item) ? item.comment : undefined),
      ];
    });
    return { kind: 'list', items: [...comments(node.commentBefore), ...items, ...comments(node.comment)] };
  }
  const value = isScalar(node) ? node.value : undefined;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  throw new TowlineError(
    'SECRET_UNSUPPORTED',
    'the document has a value that is no text, number, boolean, map or list',
  );
}

function toMap(node: YAMLMap, depth: number): SecretMap {
  const items = node.items.flatMap(pair => {
    if (!isScalar(pair.key) || typeof pair.key.value !== 'string') {
      throw new TowlineError('SECRET_UNSUPPORTED', 'the document has a key that is no text');
    }
    const inner = pair.value;
    const nested = isYamlMap(inner) || isSeq(inner);
    return [
      ...comments(pair.key.commentBefore),
      { key: pair.key.value, value: toValue(inner, depth + 1) },
      ...(nested ? [] : comments(isNode(inner) ? inner.comment : undefined)),
    ];
  });
  return { kind: 'map', items: [...comments(node.commentBefore), ...items, ...comments(node.comment)] };
}

/** @throws SECRET_MALFORMED, SECRET_UNSUPPORTED */
export function parseYamlTree(source: string): SecretMap {
  const document = parseDocument(source, {
    intAsBigInt: true,
    uniqueKeys: true,
    version: '1.2',
    stringKeys: false,
  });
  const error = document.errors[0];
  if (error !== undefined) {
    // The rest of the message shows the line, which may be a secret that a person is editing. So would a cause.
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw new TowlineError('SECRET_MALFORMED', `line ${line}, column ${col}: ${error.code}`);
  }
  if (!isYamlMap(document.contents)) throw new TowlineError('SECRET_MALFORMED', 'the document is no map');
  const map = toMap(document.contents, 0);
  return {
    kind: 'map',
    items: [...comments(document.commentBefore), ...map.items, ...comments(document.comment)],
  };
}

/** Text that other readers of YAML take for a date is quoted, as SOPS quotes it. */
function scalarNode(value: SecretScalar | null): Node {
  const node = new Scalar(value);
  if (typeof value === 'string' && /^\d{4}-\d{1,2}-\d{1,2}/.test(value)) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

function toNode(value: SecretValue): Node {
  if (value === null || typeof value !== 'object') return scalarNode(value);
  const collection = value.kind === 'map' ? new YAMLMap<unknown, unknown>() : new YAMLSeq<unknown>();
  // Not by its own `add`, which looks through all that is there already.
  const items: unknown[] = collection.items;
  let pending: string[] = [];
  for (const item of value.items) {
    if (isComment(item)) {
      pending.push(item.comment);
      continue;
    }
    const node = isEntry(item) ? new Scalar(item.key) : toNode(item);
    if (pending.length > 0) node.commentBefore = pending.join('\n');
    pending = [];
    items.push(isEntry(item) ? new Pair(node, toNode(item.value)) : node);
  }
  if (pending.length > 0) collection.comment = pending.join('\n');
  return collection;
}

export function emitYamlTree(map: SecretMap): string {
  return new Document(toNode(map)).toString({ lineWidth: 0 });
}

/** Comments have no place in JSON and are left out. */
export function emitJsonTree(value: SecretValue, indent = ''): string {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  }
  const inner = `${indent}\t`;
  const lines = value.items.flatMap(item => {
    if (isComment(item)) return [];
    return isEntry(item)
      ? [`${JSON.stringify(item.key)}: ${emitJsonTree(item.value, inner)}`]
      : [emitJsonTree(item, inner)];
  });
  const [open, close] = value.kind === 'map' ? ['{', '}'] : ['[', ']'];
  return lines.length === 0
    ? `${open}${close}`
    : `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indent}${close}`;
}
