/** Circles of imports: of files, and of the folders that they lie in. */
import path from 'node:path';
import { importsOf } from './imports.ts';

export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Who imports whom, types too. @param sources path from the root → text */
export function importGraph(sources: ReadonlyMap<string, string>): Graph {
  const graph = new Map<string, Set<string>>();
  for (const [file, source] of sources) {
    const targets = importsOf(file, source).map(({ target }) => target);
    graph.set(file, new Set(targets.filter(target => target !== file && sources.has(target))));
  }
  return graph;
}

/** The same between folders; files of one folder are one. */
export function folderGraph(files: Graph): Graph {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of files) {
    const folder = path.posix.dirname(file);
    const own = folders.get(folder) ?? new Set();
    folders.set(folder, own);
    for (const target of targets) {
      const other = path.posix.dirname(target);
      if (other !== folder) own.add(other);
    }
  }
  return folders;
}

/** Groups in which each can be reached from each (Tarjan 1972), sorted; what stands alone is none. */
export function circles(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const number = order.size;
    order.set(node, number);
    open.push(node);
    let low = number;
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, lowest.get(next) ?? order.get(next) ?? low);
    }
    lowest.set(node, low);
    if (low === number) {
      const group = open.splice(open.indexOf(node));
      if (group.length > 1) found.push(group.sort());
    }
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found.sort((left, right) => (left.join() < right.join() ? -1 : 1));
}
