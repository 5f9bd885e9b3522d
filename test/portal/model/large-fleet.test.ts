/** What a large fleet costs the portal: the bars of `npm run bench -- portal`, for a part of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LargeModel, packed } from '../../../bench/portal/large-model.ts';

const size = 1500;
/** Of the fleet. */
const part = size / 10_000;

test('a fleet costs no more than its part of what ten thousand devices may', async () => {
  await using large = await LargeModel.make(size);
  assert.ok(packed(await large.text('alice', '/devices')).length < 150_000 * part);
  // What it keeps of each device, and not what one more module takes.
  assert.ok(large.keptBytes < 60e6 * part + 4e6, `${large.keptBytes} bytes`);
  const bars = [
    ['/devices?limit=500', 300],
    ['/devices?q=site-7', 100],
    ['/devices?sort=outcome', 100],
    ['/overview', 300],
    ['/devices/pump-00471', 200],
  ] as const;
  for (const [address, ms] of bars) {
    const spent = await large.cost('alice', address, 5);
    assert.ok(spent < ms, `${address}: ${spent} ms of CPU`);
  }
  // Of a device, a page reads its own report; a list reads none.
  assert.ok(large.fleet.read.every(read => read.startsWith('pump-00471 ')));
});
