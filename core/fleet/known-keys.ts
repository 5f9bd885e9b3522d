import { type KeyTree, keyTrees } from '../../schemas/keys.generated.ts';

/** The keys that a file of this kind may have at a path, for "did you mean". */
export function knownKeys(kind: string, path: readonly string[]): string[] {
  let tree: KeyTree | undefined = keyTrees[kind];
  for (const token of path) tree = tree?.[token] ?? tree?.['*'];
  return Object.keys(tree ?? {}).filter(key => key !== '*');
}
