/** What a person types to push main from where they are: to the remote and the branch that this clone pushes to. */
import path from 'node:path';
import { git } from './git.ts';
import type { Repository } from './repository.ts';

async function configured(directory: string, ...names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const value = await git(['config', name], { directory }).catch(() => '');
    if (value !== '') return value;
  }
  return undefined;
}

/** As git decides it: `branch.main.pushRemote`, `remote.pushDefault`, `branch.main.remote`, the only remote, else origin. */
export async function remoteOf(directory: string): Promise<string> {
  const named = await configured(
    directory,
    'branch.main.pushRemote',
    'remote.pushDefault',
    'branch.main.remote',
  );
  if (named !== undefined) return named;
  const remotes = (await git(['remote'], { directory })).split('\n').filter(name => name !== '');
  return remotes.length === 1 ? (remotes[0] ?? 'origin') : 'origin';
}

/** @param force main goes back: a plain push would be refused */
export async function pushCommand({ gitDirectory, workTree }: Repository, force: boolean): Promise<string> {
  const remote = await remoteOf(gitDirectory);
  const upstream = await configured(gitDirectory, 'branch.main.merge');
  const same = (await configured(gitDirectory, 'branch.main.remote')) === remote;
  const there = same ? (upstream?.replace(/^refs\/heads\//, '') ?? 'main') : 'main';
  const place = workTree ?? gitDirectory;
  const elsewhere = path.relative(place, process.cwd()).startsWith('..') ? ` -C ${place}` : '';
  return [
    `git${elsewhere} push`,
    ...(force ? ['--force-with-lease'] : []),
    remote,
    there === 'main' ? 'main' : `main:${there}`,
  ].join(' ');
}
