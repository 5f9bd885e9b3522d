/** A gateway that was killed, or lost its power, while git moved a ref leaves git's locks behind: the next one is not kept out by them. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { PendingRefs } from '../../../gateway/portal/push-pending.ts';
import { commitFile, git, makeState, TestGateway } from '../rig/gateway.ts';

async function leftLocks(fleetGit: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(fleetGit, name, '..'), { recursive: true });
    await writeFile(join(fleetGit, `${name}.lock`), '');
  }
}

test('main moves, and the timestamp, though they were locked when it ended', async () => {
  const folder = makeState();
  const cwd = join(folder, 'fleet.git');
  const commit = commitFile(folder, 'fleet.yaml', 'name: other\n', 'next');
  const refs = ['refs/heads/main', 'refs/towline/timestamp'];
  await leftLocks(cwd, [...refs, 'packed-refs']);
  assert.throws(() => git(['update-ref', 'refs/heads/main', commit], { cwd }), /File exists/);
  await using gateway = await TestGateway.start([], {}, folder);
  assert.equal(gateway.settings.fleetGit, cwd);
  for (const ref of refs) {
    git(['update-ref', ref, commit], { cwd });
    assert.equal(git(['rev-parse', ref], { cwd }), commit);
  }
  git(['pack-refs', '--all'], { cwd });
});

test('changes that waited are forgotten, locked or not', async () => {
  const folder = makeState();
  const cwd = join(folder, 'fleet.git');
  const commit = commitFile(folder, 'fleet.yaml', 'name: other\n', 'next');
  const refs = ['a', 'b', 'c'].map(id => `refs/towline/pending/${id}`);
  for (const ref of refs) git(['update-ref', ref, commit], { cwd });
  await leftLocks(cwd, ['refs/towline/pending/a', 'refs/towline/pending/new']);
  await using gateway = await TestGateway.start([], {}, folder);
  const { runner } = gateway;
  const pending = new PendingRefs({ runner, fleetGit: cwd, clock: createSystemClock() });
  await pending.sweep(new AbortController().signal);
  assert.equal(git(['for-each-ref', 'refs/towline/'], { cwd }), '');
  assert.ok(!existsSync(join(cwd, 'refs/towline/pending/new.lock')));
});
