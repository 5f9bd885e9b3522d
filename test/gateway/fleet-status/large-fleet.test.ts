import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type TestDevice, testDevice } from '../rig/gateway.ts';
import { StatusRig, statusFile } from './rig.ts';

const [one, two] = [testDevice('pump-1'), testDevice('pump-2')] as const;

/** Many devices that were never seen, with one key: it is not looked at. */
function crowd(count: number): TestDevice[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `crowd-${String(index).padStart(5, '0')}`;
    return { ...one, id, view: { ...one.view, id } };
  });
}

test('a fold of a large fleet lets everything else have its turn, also when nothing has changed', async () => {
  await using rig = await StatusRig.start([one, ...crowd(5000)]);
  await rig.say(one, statusFile('pump-1'));
  for (const written of [true, false]) {
    let turns = 0;
    let folding = true;
    const count = () => {
      turns += 1;
      if (folding) setImmediate(count);
    };
    setImmediate(count);
    assert.equal(await rig.run(), written);
    folding = false;
    assert.ok(turns >= 10, `${turns} turns`);
  }
  assert.match(rig.page(), /^5001 devices: 5000 never seen, 1 unchanged\./m);
});

test('one that reports among thousands is read and written, and nothing of the others', async () => {
  await using rig = await StatusRig.start([one, two, ...crowd(2000)]);
  await rig.say(one, statusFile('pump-1'));
  await rig.say(two, statusFile('pump-2'));
  await rig.run();
  const before = rig.fold.counts.read;
  await rig.say(two, statusFile('pump-2', { outcome: 'failed' }));
  assert.equal(await rig.run(), true);
  assert.equal(rig.fold.counts.read, before + 1);
  assert.match(rig.row('pump-2'), /failed/);
  const touched = rig.changedByLast();
  assert.deepEqual(touched, ['README.md', 'status/pump-2.yaml']);
});

test('a fold that cannot be written loses nothing: the next one writes what has changed since', async () => {
  await using rig = await StatusRig.start([one, two]);
  await rig.say(one, statusFile('pump-1'));
  await rig.say(two, statusFile('pump-2'));
  await rig.run();
  const lock = join(rig.folder, 'refs', 'heads', 'fleet-status.lock');
  writeFileSync(lock, '');
  await rig.say(one, statusFile('pump-1', { outcome: 'failed' }));
  await assert.rejects(rig.run(), /fast-import/);
  rig.see([one]);
  await assert.rejects(rig.run(), /fast-import/);
  rmSync(lock);
  assert.equal(await rig.run(), true);
  assert.match(rig.row('pump-1'), /failed/);
  assert.match(rig.show('status/pump-1.yaml') ?? '', /outcome: failed/);
  assert.equal(rig.show('status/pump-2.yaml'), undefined);
  assert.equal(await rig.run(), false);
});

test('while it cannot be written, a status is read once and not at every try', async () => {
  await using rig = await StatusRig.start([one, two]);
  await rig.say(one, statusFile('pump-1'));
  await rig.say(two, statusFile('pump-2'));
  const lock = join(rig.folder, 'refs', 'heads', 'fleet-status.lock');
  writeFileSync(lock, '');
  await assert.rejects(rig.run(), /fast-import/);
  assert.equal(rig.fold.counts.read, 2);
  await assert.rejects(rig.run(), /fast-import/);
  assert.equal(rig.fold.counts.read, 2);
  rmSync(lock);
  assert.equal(await rig.run(), true);
  assert.equal(rig.fold.counts.read, 2);
  assert.match(rig.page(), /^2 devices: 2 unchanged\./m);
});
