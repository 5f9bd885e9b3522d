/** Tunnels opened and closed at a desk, by real commits, over a real gateway, to a real agent. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { TunnelFleet } from './tunnel-desk.ts';

describe('towline tunnel', () => {
  const ready = TunnelFleet.start({ devices: ['desk-1', 'desk-2'] });
  after(async () => (await ready)[Symbol.asyncDispose]());

  test('open: the commit is pushed, the device comes, and close sends it away', async () => {
    const fleet = await ready;
    await fleet.agent('desk-1');
    const desk = await fleet.desk('alice');
    const opened = await desk.does(
      'tunnel',
      'open',
      'desk-1',
      '--for',
      '1h',
      '--reason',
      'INC-42: a "stall"',
      '--json',
    );
    assert.equal(opened.code, 0, opened.errors + opened.output);
    const closed = await desk.does('tunnel', 'close', 'desk-1');
    assert.equal(closed.code, 0, closed.errors);
  });
});
