/** What a clone saw first, and when. */
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { Sightings } from '../../../cli/rollout/sightings.ts';
import { temporaryFolder } from '../towline.ts';

test('a stage counts from when this clone saw it on main; what lay there before the first look counts by itself', async t => {
  const { path: folder, remove } = await temporaryFolder();
  t.after(remove);
  const look = async (nowMs: number, stage: string, tip: string) => {
    const sightings = await Sightings.open(folder, nowMs);
    const seen = [sightings.stageMs(stage), sightings.arrivedMs('pump-1', tip)];
    await sightings.write();
    return seen;
  };
  assert.deepEqual(await look(1000, 'hello/r1 1', 'a'), [undefined, undefined]);
  assert.deepEqual(await look(2000, 'hello/r1 1', 'a'), [undefined, undefined]);
  assert.deepEqual(await look(3000, 'hello/r1 2', 'b'), [3000, 3000]);
  assert.deepEqual(await look(4000, 'hello/r1 2', 'b'), [3000, 3000], 'from the first look on');
  assert.deepEqual(await look(5000, 'hello/r1 2', 'c'), [3000, 5000]);
  // A clock that was ahead has seen nothing in the time to come.
  assert.deepEqual(await look(1000, 'hello/r1 2', 'c'), [undefined, undefined]);
  await appendFile(path.join(folder, 'towline/rollout-sightings'), 'x');
  assert.deepEqual(
    await look(6000, 'hello/r1 2', 'c'),
    [undefined, undefined],
    'damaged: as if it had seen nothing',
  );
});
