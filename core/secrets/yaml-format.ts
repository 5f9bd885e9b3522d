/** YAML and JSON documents as secret trees, comments included. */
import {
  Document,
  isAlias,
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
import { isComment, type SecretComment, type SecretMap, type SecretValue } from './tree.ts';
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
      const { commentBefore, comment } = (item ?? {}) as Node;
      return [
        ...comments(commentBefore),
        toValue(item, depth + 1),
        ...comments(isScalar(item) ? comment : undefined),
      ];
    });
    return { kind: 'list', items: [...items, ...comments(node.comment)] };
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
      ...(nested ? [] : comments((inner as Node | null)?.comment)),
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
  const collection: YAMLMap<unknown, unknown> | YAMLSeq<unknown> =
    value.kind === 'map' ? new YAMLMap() : new YAMLSeq();
  let pending: string[] = [];
  for (const item of value.items) {
    if (isComment(item)) {
      pending.push(item.comment);
      continue;
    }
    const entry = typeof item === 'object' && item !== null && 'key' in item ? item : undefined;
    const node = entry === undefined ? toNode(item as SecretValue) : new Scalar(entry.key);
    if (pending.length > 0) node.commentBefore = pending.join('\n');
    pending = [];
    const added = entry === undefined ? node : new Pair(node, toNode(entry.value));
    (collection.items as unknown[]).push(added);
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
  const lines = value.items
    .filter(item => !isComment(item))
    .map(item =>
      typeof item === 'object' && item !== null && 'key' in item
        ? `${JSON.stringify(item.key)}: ${emitJsonTree(item.value, inner)}`
        : emitJsonTree(item as SecretValue, inner),
    );
  const [open, close] = value.kind === 'map' ? ['{', '}'] : ['[', ']'];
  return lines.length === 0
    ? `${open}${close}`
    : `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indent}${close}`;
}
