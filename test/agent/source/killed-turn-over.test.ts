import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strideOf } from '../../rig/every.ts';
import { TurnOverRig } from './killed-turn-over.ts';

test('SIGKILL at any write of a turn-over: trusted commit known and whole, next fetch works, nothing is left over', async () => {
  await using rig = await TurnOverRig.start();
  const changes = await rig.changes();
  assert.ok(changes > 100, `${changes} changes of the disk`);
  let next = 1;
  const work = async (): Promise<void> => {
    while (next <= changes) {
      const now = next;
      next += strideOf(9);
      await rig.kill(now);
    }
  };
  await Promise.all([work(), work(), work()]);
});
