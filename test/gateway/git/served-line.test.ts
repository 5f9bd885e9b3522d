/** Which commits count as those that a device may have trusted: first parents, and nothing that was merged in beside them. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { GitRunner } from '../../../gateway/git/git-runner.ts';
import { ServedCommits } from '../../../gateway/git/served-commits.ts';
import { commitFile, git, helperCommand, makeState } from '../rig/gateway.ts';

test('the line goes on with main, without the drafts that main has merged', async () => {
  const folder = makeState();
  const cwd = join(folder, 'fleet.git');
  const runner = new GitRunner({ maxProcesses: 2, maxQueued: 8, helperCommand });
  try {
    await runner.start();
    const { signal } = new AbortController();
    const line = new ServedCommits(runner, cwd, signal, 'line');
    const all = new ServedCommits(runner, cwd, signal);
    const first = git(['rev-parse', 'main'], { cwd });
    await line.follow(first);
    git(['branch', 'draft', 'main'], { cwd });
    const draft = commitFile(folder, 'draft.yaml', 'x', 'draft');
    const second = commitFile(folder, 'two.yaml', 'x');
    const tree = git(['rev-parse', `${second}^{tree}`], { cwd });
    const merge = git(['commit-tree', tree, '-p', second, '-p', draft, '-m', 'Merge'], { cwd });
    for (const commits of [line, all]) await commits.follow(merge);
    const known = (commits: ServedCommits) => [first, second, draft, merge].map(id => commits.has(id));
    assert.deepEqual(known(line), [true, true, false, true]);
    assert.deepEqual(known(all), [true, true, true, true]);
  } finally {
    await runner[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
});
