/** A commit that a verb makes has what was asked for, and everything else as it was. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { signedCommit } from '../../../cli/desk/signed-commit.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { git, temporaryFolder } from '../towline.ts';

test('a path that git leaves out, or for which it would take a file away, is refused and not dropped', async () => {
  const { path: folder } = await temporaryFolder();
  try {
    await git(folder, 'init', '-q', '-b', 'main', '.');
    await git(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
    const { signal } = new AbortController();
    const commit = async (files: ReadonlyMap<string, string | null>, base: string) =>
      await signedCommit(
        { directory: `${folder}/.git`, base, files, message: 'x\n', key: undefined, mayBeUnsigned: true },
        signal,
      );
    const first = await git(folder, 'rev-parse', 'HEAD');
    const base = await commit(new Map([['devices/b.yaml', 'b']]), first);
    for (const files of [
      new Map([['devices/b.yaml/a.yaml', 'a']]),
      new Map([['devices/.git/a.yaml', 'a']]),
      new Map([['a/../b', 'a']]),
    ])
      await assert.rejects(commit(files, base), error => isTowlineError(error, 'CLI_GIT'));
    const moved = await commit(
      new Map([
        ['devices/b.yaml/a.yaml', 'a'],
        ['devices/b.yaml', null],
      ]),
      base,
    );
    assert.equal(await git(folder, 'ls-tree', '-r', '--name-only', moved), 'devices/b.yaml/a.yaml');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
