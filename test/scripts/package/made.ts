/** What `npm run package` makes of this very tree, made once for all long tests, and again when something has changed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from '../../../lab/machine/cached-folder.ts';

export const root = path.resolve(import.meta.dirname, '../../..');

/** @throws Error with what the program wrote */
export function run(command: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    throw new Error(`${command} ${words.join(' ')}: ${error?.message ?? ''}${stdout}${stderr}`);
  return stdout;
}

/** @param words of `npm run package`, besides `--out` */
export function packageInto(folder: string, ...words: string[]): void {
  run(process.execPath, [path.join(root, 'scripts/package.ts'), '--out', folder, ...words]);
}

/**
 * Packages of one architecture, packed fast; TOWLINE_PACKAGES names a folder of them that is there already.
 * @returns their folder, which nobody may change
 */
export function madePackages(architecture: 'amd64' | 'arm64' | 'armhf'): string {
  const { TOWLINE_PACKAGES: given } = process.env;
  if (given !== undefined) return given;
  const hash = createHash('sha256')
    .update(run('git', ['rev-parse', 'HEAD']))
    .update(run('git', ['diff', 'HEAD']));
  const name = `packages-${architecture}-${hash.digest('hex').slice(0, 12)}`;
  return cachedFolder(name, (made, scratch) => {
    const folder = path.join(scratch, 'packages');
    packageInto(folder, '--fast', '--arch', architecture);
    cpSync(folder, made, { recursive: true });
  });
}
