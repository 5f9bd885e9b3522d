import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staleness } from '../../../agent/verify/freshness.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { formatTimestamp } from '../../../core/trust/timestamp.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';

const now = 1_700_000_000;

test('a timestamp of a time that has not come makes nothing fresh, where a time server keeps the clock', async () => {
  const [alice, bot] = [new MemoryKey(), new MemoryKey()];
  const repository = new MemoryRepository();
  const policy = [
    'apiVersion: towline/v1\nfleet: f\nversion: 1\nwalk: 2\nprincipals:',
    `  alice: { ssh: ["${alice.publicKey}"] }`,
    `  bot: { ssh: ["${bot.publicKey}"] }`,
    'roles: { root: { principals: [alice] }, timestamp: { principals: [bot] } }\n',
  ].join('\n');
  const files = new Map([['trust/policy.yaml', policy]]);
  const head = repository.commit({ files, parents: [], message: 'First\n', timeSec: now - 7200 });
  const stamp = (timeSec: number): string => {
    const message = formatTimestamp({ fleet: 'f', head, timeSec });
    return repository.commit({ files: new Map(), parents: [], message, timeSec, signer: bot });
  };
  const trusted = await openAnchor(new ObjectReader(repository), head);
  const judge = (timestamp: string, keptSec: number | undefined): Promise<string | undefined> =>
    staleness(
      {
        ...{ objects: repository, trusted, timestamp, maxAgeMs: 3_600_000, nowMs: now * 1000 },
        wallSec: keptSec ?? now,
        isKept: async () => keptSec !== undefined,
      },
      AbortSignal.timeout(60_000),
    );
  assert.equal(await judge(stamp(now - 60), now), undefined);
  assert.equal(await judge(stamp(now + 500), now), undefined);
  const ahead = stamp(Date.UTC(2099, 0) / 1000);
  assert.match((await judge(ahead, now)) ?? '', /2099-01-01T00:00:00Z, which has not come/);
  assert.equal(await judge(ahead, undefined), undefined);
});
