/** `towline rollout step` killed at any change of the disk: a step is on main whole or not at all, and the next run makes it once. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { entries } from '../../../lab/machine/programs.ts';
import { strideOf } from '../../rig/every.ts';
import { git } from '../towline.ts';
import { type RolloutDesk, rolloutDesk } from './rollout-desk.ts';

const deadlyDisk = path.join(import.meta.dirname, '../../agent/source/deadly-disk.ts');

function step(desk: RolloutDesk, change: number): Promise<NodeJS.Signals | null> {
  const words = ['rollout', 'step', '--all', '--telemetry', desk.telemetry];
  const args = ['--import', deadlyDisk, entries.towline, ...words];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', TOWLINE_DIE_AT: String(change) };
  const names = { GIT_AUTHOR_NAME: 'bot', GIT_AUTHOR_EMAIL: 'b@example.com' };
  const committer = { GIT_COMMITTER_NAME: 'bot', GIT_COMMITTER_EMAIL: 'b@example.com' };
  const options = { cwd: desk.fleet.directory, env: { ...env, ...names, ...committer } };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, _stdout, stderr) => {
      if (error !== null && error.signal === undefined) reject(new Error(stderr));
      else resolve(error?.signal ?? null);
    });
  });
}

test('killed anywhere it leaves nothing between, and the step is made once', async () => {
  await using desk = await rolloutDesk();
  const stages = ['--stages', 'canary:group=canary:0s,all'];
  await desk.says('rollout', 'start', 'hello', '1.1.0', '--from', '1.0.0', ...stages, '--name', 'r1');
  await desk.reports('pump-1', '1.1.0');
  await delay(1_100);
  const count = async () => Number(await git(desk.origin, 'rev-list', '--count', 'main'));
  const before = await count();
  let kills = 0;
  for (let change = 1; ; change += strideOf(4)) {
    const signal = await step(desk, change);
    assert.ok([before, before + 1].includes(await count()), `killed at ${change}`);
    if (signal === null) break;
    assert.equal(signal, 'SIGKILL');
    kills += 1;
  }
  assert.ok(kills > 2, `${kills} kills`);
  await desk.says('rollout', 'step', '--all', '--telemetry', desk.telemetry);
  assert.equal(await count(), before + 1);
  assert.match(await desk.atMain('rollouts/hello/r1.yaml'), /^stage: 2$/m);
  assert.match(await git(desk.origin, 'fsck', '--strict', '--no-dangling'), /^$/);
});
