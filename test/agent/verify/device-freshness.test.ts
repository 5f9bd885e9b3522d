/** The time that a device takes from statements of freshness, where nobody keeps its clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceFreshness } from '../../../agent/verify/device-freshness.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { formatTimestamp } from '../../../core/trust/timestamp.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';

test('is that of the newest one that verifies, goes on by the monotonic clock, and never back', async () => {
  const [alice, bot, mallory] = [new MemoryKey(), new MemoryKey(), new MemoryKey()];
  const repository = new MemoryRepository();
  const policy = [
    'apiVersion: towline/v1',
    'fleet: acme',
    'version: 1',
    `principals: { alice: { ssh: ["${alice.publicKey}"] }, bot: { ssh: ["${bot.publicKey}"] } }`,
    'roles: { root: { principals: [alice] }, timestamp: { principals: [bot] } }',
    '',
  ].join('\n');
  const startSec = Date.UTC(2026, 10, 28, 12) / 1000;
  const files = new Map([['trust/policy.yaml', policy]]);
  const message = 'First\n\nTowline-Ref: acme/main\n';
  const head = repository.commit({ files, parents: [], message, timeSec: startSec, signer: alice });
  const stamp = (timeSec: number, signer = bot) =>
    repository.commit({
      ...{ files: new Map(), parents: [], timeSec, signer },
      message: formatTimestamp({ fleet: 'acme', head, timeSec }),
    });
  const trusted = await openAnchor(new ObjectReader(repository), head);
  let monotonicMs = 0;
  const freshness = new DeviceFreshness({
    objects: () => ({ read: id => repository.read(id), [Symbol.asyncDispose]: async () => undefined }),
    time: { now: () => 0, monotonic: () => monotonicMs },
    wallMs: () => 0,
  });
  assert.equal(await freshness.freshMs(trusted, undefined), undefined);
  assert.equal(await freshness.freshMs(trusted, stamp(startSec + 9999, mallory)), undefined);
  const first = stamp(startSec);
  assert.equal(await freshness.freshMs(trusted, first), startSec * 1000);
  monotonicMs = 60_000;
  assert.equal(await freshness.freshMs(trusted, first), startSec * 1000 + 60_000);
  assert.equal(
    await freshness.freshMs(trusted, stamp(startSec + 30)),
    startSec * 1000 + 60_000,
    'an older one',
  );
  assert.equal(await freshness.freshMs(trusted, stamp(startSec + 3600)), (startSec + 3600) * 1000);
  monotonicMs = 61_000;
  assert.equal(await freshness.freshMs(trusted, undefined), (startSec + 3601) * 1000);
});
