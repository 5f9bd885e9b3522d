/** Who brings a bundle and goes away in the middle, with the connection open. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { unsilent } from '../../../gateway/bundles/staged-bundle.ts';

test('who sends nothing more for a minute is given up, and holds up no other import', {
  timeout: 10_000,
}, async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const sender = new PassThrough();
    sender.write('the first piece');
    // As the gateway reads a request.
    const pieces = unsilent(sender.iterator({ destroyOnReturn: false }))[Symbol.asyncIterator]();
    assert.equal(String((await pieces.next()).value), 'the first piece');
    let ended: unknown;
    const over = pieces.next().catch((error: unknown) => {
      ended = error;
    });
    await turn();
    mock.timers.tick(60_000);
    for (let turns = 0; turns < 100 && ended === undefined; turns += 1) await turn();
    assert.ok(ended instanceof Error && 'code' in ended, 'it still waits');
    assert.equal(ended.code, 'GATEWAY_SESSION_SILENT');
    await over;
  } finally {
    mock.timers.reset();
  }
});
