import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../../agent/tunnel/backoff.ts';
import { isPinnedHostKey } from '../../../core/io/ssh/host-keys.ts';

test('pauses between tries double up to five minutes and never fall below the half', () => {
  assert.deepEqual(
    [1, 2, 3, 10, 1000].map(failures => backoffMs(failures, 0)),
    [500, 1000, 2000, 150_000, 150_000],
  );
  assert.ok(backoffMs(1, 0.999) < 1000 && backoffMs(1, 0.999) > 990);
});

test('an empty or shortened pin matches no key', () => {
  const key = Buffer.from('key');
  assert.equal(isPinnedHostKey([], key), false);
  assert.equal(isPinnedHostKey(['', 'ssh-ed25519', 'ssh-ed25519 '], Buffer.alloc(0)), false);
  assert.equal(isPinnedHostKey([`ssh-ed25519 ${key.toString('base64')} comment`], key), true);
  assert.equal(isPinnedHostKey([`ssh-ed25519 ${key.subarray(0, 2).toString('base64')}`], key), false);
});
