import { isAlias, isMap, isPair, isSeq, type Node } from 'yaml';
import { nodeOf } from './reading.ts';

interface Counting {
  readonly limit: number;
  readonly anchors: Map<string, Node>;
  readonly sizes: Map<Node, number>;
  tooLarge: Node | undefined;
}

function childrenOf(node: Node): (Node | null)[] {
  if (isSeq(node)) return node.items.map(nodeOf);
  if (!isMap(node)) return [];
  return node.items.flatMap(pair => (isPair(pair) ? [nodeOf(pair.key), nodeOf(pair.value)] : []));
}

function count(node: Node | null, counting: Counting): number {
  if (node === null || counting.tooLarge !== undefined) return 1;
  if (isAlias(node)) {
    const target = counting.anchors.get(node.source);
    return target === undefined ? 1 : (counting.sizes.get(target) ?? 1);
  }
  if ('anchor' in node && typeof node.anchor === 'string') counting.anchors.set(node.anchor, node);
  let size = 1;
  for (const child of childrenOf(node)) size += count(child, counting);
  if (size > counting.limit) counting.tooLarge ??= node;
  counting.sizes.set(node, size);
  return size;
}

/**
 * Counts the values of a document as if its aliases were expanded, without expanding them.
 * @returns the innermost node that is over the limit, or undefined
 */
export function expandedSize(contents: Node | null, limit: number): Node | undefined {
  const counting: Counting = { limit, anchors: new Map(), sizes: new Map(), tooLarge: undefined };
  count(contents, counting);
  return counting.tooLarge;
}
