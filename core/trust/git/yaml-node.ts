import { isAlias, isMap, isNode, isScalar, isSeq, type Node, parseAllDocuments, type Scalar } from 'yaml';
import { messageOf } from '../../errors/cause.ts';

/** A YAML value as the walk compares it: scalars by type and source text. */
export type YamlNode =
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlNode> }
  | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null; readonly source: string };

const maxDepth = 64;

/**
 * Reads one plain YAML document: no directives, tags, anchors, aliases, merge keys, second documents, non-string or
 * duplicate keys. What two readers could take for two values is not read at all.
 * @throws Error that says what is there.
 */
export function readPlainYaml(bytes: Uint8Array): YamlNode {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (text.startsWith('\ufeff')) throw new Error('a byte order mark');
  if (/^%/m.test(text)) throw new Error('a directive');
  const documents = parseAllDocuments(text, {
    // The library's own search takes quadratic time; readNode does it.
    uniqueKeys: false,
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [document] = documents;
  if (document === undefined || !Array.isArray(documents)) throw new Error('no document');
  if (documents.length > 1) throw new Error('a second document');
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new Error(problem.message);
  if (document.contents === null) throw new Error('no content');
  return readNode(document.contents, 0);
}

/** A file that is plain YAML, or what it is instead. */
export type PlainFile = { readonly bytes: number } & (
  | { readonly node: YamlNode }
  | { readonly problem: string }
);

export function readPlainFile(bytes: Uint8Array): PlainFile {
  try {
    return { bytes: bytes.length, node: readPlainYaml(bytes) };
  } catch (error) {
    return { bytes: bytes.length, problem: messageOf(error) };
  }
}

function readNode(node: Node, depth: number): YamlNode {
  if (depth > maxDepth) throw new Error(`values nested deeper than ${maxDepth}`);
  if (isAlias(node)) throw new Error('an alias');
  if (node.tag !== undefined) throw new Error('a tag');
  if ('anchor' in node && node.anchor !== undefined) throw new Error('an anchor');
  if (isMap(node)) {
    const entries = new Map<string, YamlNode>();
    for (const { key, value } of node.items) {
      const name = readKey(key);
      if (entries.has(name)) throw new Error('a key twice');
      entries.set(name, readValue(value, depth + 1));
    }
    return { kind: 'map', entries };
  }
  if (isSeq(node)) return { kind: 'list', items: node.items.map(item => readValue(item, depth + 1)) };
  if (isScalar(node)) return readScalar(node);
  throw new Error('a value of unknown kind');
}

function readKey(key: unknown): string {
  if (!isScalar(key) || key.tag !== undefined || key.anchor !== undefined || typeof key.value !== 'string') {
    throw new Error('a key that is not a plain string');
  }
  if (key.value === '<<') throw new Error('a merge key');
  return key.value;
}

function readValue(value: unknown, depth: number): YamlNode {
  if (value === null || value === undefined) return { kind: 'scalar', value: null, source: '' };
  if (!isNode(value)) throw new Error('a value of unknown kind');
  return readNode(value, depth);
}

function readScalar(scalar: Scalar): YamlNode {
  const { value } = scalar;
  const isKnown =
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isKnown) throw new Error('a value of unknown type');
  return { kind: 'scalar', value, source: scalar.source ?? String(value) };
}

/** As JSON would have it, for a schema. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries([...node.entries].map(([key, value]) => [key, plainValue(value)]));
}

/** By type and source text, in the same order. */
export function isSameNode(one: YamlNode, other: YamlNode): boolean {
  if (one.kind === 'map' && other.kind === 'map') {
    const others = [...other.entries];
    return (
      one.entries.size === others.length &&
      [...one.entries].every(([key, value], index) => {
        const [otherKey, otherValue] = others[index] ?? [];
        return key === otherKey && otherValue !== undefined && isSameNode(value, otherValue);
      })
    );
  }
  if (one.kind === 'list' && other.kind === 'list') {
    return (
      one.items.length === other.items.length &&
      one.items.every((item, index) => {
        const now = other.items[index];
        return now !== undefined && isSameNode(item, now);
      })
    );
  }
  if (one.kind !== 'scalar' || other.kind !== 'scalar') return false;
  return one.source === other.source && one.value === other.value;
}
