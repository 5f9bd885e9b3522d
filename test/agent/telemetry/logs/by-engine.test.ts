/** Logs of containers by the engine's API: the way of an agent that may read no file of the engine's. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LogRig, MemorySpool } from './log-rig.ts';

/** Says `first` to `last`, a line each. */
const counting = (first: number, last: number) =>
  `i=${first}; while [ $i -le ${last} ]; do echo "line $i"; i=$((i+1)); done`;
const counted = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `line ${first + index}`);

describe('by the engine', () => {
  let rig: LogRig;
  const spool = new MemorySpool();
  before(async () => {
    rig = await LogRig.start();
    await rig.collect(spool);
  });
  after(() => rig[Symbol.asyncDispose]());

  test('a container that ends in the middle of a flood has said all, and one that is started again says nothing twice', async () => {
    const id = await rig.run(counting(1, 3000));
    await rig.ended(id);
    assert.deepEqual(await rig.texts(spool, id, 3000), counted(1, 3000));
    await rig.restart(id);
    await rig.ended(id);
    assert.deepEqual(await rig.texts(spool, id, 6000), [...counted(1, 3000), ...counted(1, 3000)]);
    assert.equal(spool.records(id).length, 6000);
  });
});
