/** The files of a repository as the house's rules see them: what git tracks or would track. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Paths from the root, with `/`. */
export function treeFiles(root: string): string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = output.split('\0').filter(file => file !== '');
  return [...new Set(files)].filter(file => existsSync(path.join(root, file))).sort();
}

/** Sources that people write: path → text. */
export function treeSources(root: string): Map<string, string> {
  const isSource = (file: string) =>
    /\.(ts|js)$/.test(file) && !/\.generated\.|\.d\.ts$|^fleet-repo-template\//.test(file);
  return new Map(
    treeFiles(root)
      .filter(isSource)
      .map(file => [file, readFileSync(path.join(root, file), 'utf8')]),
  );
}
