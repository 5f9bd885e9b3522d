import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { backoffMs } from '../../../agent/tunnel/backoff.ts';
import { OpeningTimesFile } from '../../../agent/tunnel/opening-times.ts';
import { isPinnedHostKey } from '../../../core/io/ssh/host-keys.ts';

const tunnel = { state: 'open', maxDurationMs: 1000, targets: [] } as const;

describe('when a tunnel was first opened', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tl-opening-'));
    file = join(folder, 'tunnel.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is kept across restarts', async () => {
    assert.equal(await new OpeningTimesFile(file).firstOpened(tunnel, 5000), 5000);
    assert.equal(await new OpeningTimesFile(file).firstOpened(tunnel, 5500), 5000);
  });

  test('is never later than the present: a clock that was ahead and was put right prolongs nothing', async () => {
    const ahead = Date.UTC(2099, 0, 1);
    assert.equal(await new OpeningTimesFile(file).firstOpened(tunnel, ahead), ahead);
    assert.equal(await new OpeningTimesFile(file).firstOpened(tunnel, 5000), 5000);
    assert.equal(await new OpeningTimesFile(file).firstOpened(tunnel, 6000), 5000, 'written down');
  });

  test('is new for another tunnel, and after a close', async () => {
    const times = new OpeningTimesFile(file);
    await times.firstOpened(tunnel, 5000);
    assert.equal(await times.firstOpened({ ...tunnel, reason: 'another' }, 6000), 6000);
    await times.forget();
    assert.equal(await times.firstOpened(tunnel, 7000), 7000);
  });

  test('is not prolonged by a change of targets or of who may come in', async () => {
    const times = new OpeningTimesFile(file);
    await times.firstOpened(tunnel, 5000);
    const changed = { ...tunnel, targets: [{ name: 'ssh', host: 'h', port: 1 }], allow: ['alice'] };
    assert.equal(await times.firstOpened(changed, 6000), 5000);
  });

  test('survives garbage in its file', async () => {
    for (const garbage of ['', '{', 'null', '[]', '{"identity":1,"openedMs":"x"}', '\0\0']) {
      await writeFile(file, garbage);
      assert.equal(await new OpeningTimesFile(file).firstOpened(tunnel, 5000), 5000);
    }
  });
});

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
