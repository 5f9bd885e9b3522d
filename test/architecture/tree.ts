/** The files of this repository as tests of the house see them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tree from '../../scripts/house/tree.ts';

export const root = path.dirname(path.dirname(import.meta.dirname));

/** Paths from the root, with `/`. */
export const treeFiles = (filter: (file: string) => boolean): string[] => tree.treeFiles(root).filter(filter);

export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Sources that people write, by path. */
export const sources = (): Map<string, string> => tree.treeSources(root);
