/** The files of this repository as tests of the house see them: what git tracks or would track. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.dirname(path.dirname(import.meta.dirname));

/** Paths from the root, with `/`. */
export function treeFiles(filter: (file: string) => boolean): string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = output.split('\0').filter(file => file !== '' && filter(file));
  return [...new Set(files)].filter(file => existsSync(path.join(root, file))).sort();
}

export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Sources that people write, by path. */
export function sources(): Map<string, string> {
  const isSource = (file: string) =>
    /\.(ts|js)$/.test(file) && !/\.generated\.|\.d\.ts$|^fleet-repo-template\//.test(file);
  return new Map(treeFiles(isSource).map(file => [file, read(file)]));
}
