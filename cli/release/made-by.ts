/** The commits that brought releases. */
import { releasePath } from '../../core/fleet/paths.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from '../desk/git.ts';

/** Path of a release.yaml → the commit of main's line that brought it. @throws TowlineError CLI_GIT */
export async function madeBy(
  {
    gitDirectory,
    head,
    apps,
  }: { readonly gitDirectory: string; readonly head: ObjectId; readonly apps: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObjectId>> {
  const paths = apps.map(app => `:(glob)${releasePath(app, '*')}`);
  const form = [
    '--first-parent',
    '-m',
    '--diff-filter=A',
    '--no-renames',
    '--name-only',
    '-z',
    '--format=%H',
  ];
  const listed = await git(['log', ...form, '--end-of-options', head, '--', ...paths], {
    directory: gitDirectory,
    signal,
  });
  const found = new Map<string, ObjectId>();
  let commit = '';
  for (const field of listed.split('\0')) {
    // The first name stands on a line of its own.
    const word = field.replace(/^\n/, '');
    if (/^[0-9a-f]{40}$/.test(word)) commit = word;
    // One that was removed and came again: the newest stands first.
    else if (word !== '' && !found.has(word)) found.set(word, commit);
  }
  return found;
}
