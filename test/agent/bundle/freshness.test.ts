/** How long a device that is fed by bundles alone counts as fresh: clocks are moved, statements are really signed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByBundle } from '../../../agent/bundle/carried-memory.ts';
import { conditionsOf } from '../../../agent/pass/conditions.ts';
import { beginFacts, maxAgeOf, type PassFacts } from '../../../agent/pass/pass-facts.ts';
import { staleness } from '../../../agent/verify/freshness.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { formatTimestamp } from '../../../core/trust/timestamp.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';

const madeSec = Date.UTC(2026, 10, 29) / 1000;
const daySec = 86_400;
const closed = { state: 'closed', desired: undefined, untilMs: undefined } as const;

const plain = makeDesired('pump', []);
const settings = { ...plain.settings, freshnessMaxAgeMs: daySec * 1000 };
const strict = { ...plain, settings };
const offline = { ...plain, settings: { ...settings, freshnessOfflineMaxAgeMs: 90 * daySec * 1000 } };

/** @returns why it is stale, so many days after the bundle was made */
async function staleAfter(
  days: number,
  desired: PassFacts['desired'],
  byBundle?: ByBundle,
): Promise<string | undefined> {
  const [alice, bot] = [new MemoryKey(), new MemoryKey()];
  const repository = new MemoryRepository();
  const policy = [
    'apiVersion: towline/v1\nfleet: f\nversion: 1\nwalk: 2\nprincipals:',
    `  alice: { ssh: ["${alice.publicKey}"] }`,
    `  bot: { ssh: ["${bot.publicKey}"] }`,
    'roles: { root: { principals: [alice] }, timestamp: { principals: [bot] } }\n',
  ].join('\n');
  const files = new Map([['trust/policy.yaml', policy]]);
  const head = repository.commit({ files, parents: [], message: 'First\n', timeSec: madeSec - 60 });
  const message = formatTimestamp({ fleet: 'f', head, timeSec: madeSec });
  const stamp = { files: new Map<string, string>(), parents: [], message, timeSec: madeSec, signer: bot };
  const timestamp = repository.commit(stamp);
  const trusted = await openAnchor(new ObjectReader(repository), head);
  const nowSec = madeSec + days * daySec;
  const maxAgeMs = maxAgeOf(desired, undefined, byBundle === undefined ? {} : { byBundle }) ?? 0;
  const asked = { objects: repository, trusted, timestamp, maxAgeMs, nowMs: nowSec * 1000, wallSec: nowSec };
  return await staleness({ ...asked, isKept: async () => true }, AbortSignal.timeout(60_000));
}

const byBundle: ByBundle = { created: '2026-11-29T00:00:00Z', timeSec: madeSec };

test('what came by a bundle is fresh for as long as freshness.offline says, and no longer', async () => {
  assert.equal(await staleAfter(2, offline, byBundle), undefined);
  assert.equal(await staleAfter(90, offline, byBundle), undefined);
  assert.match((await staleAfter(91, offline, byBundle)) ?? '', /limit 7776000/);
});

test('where a gateway was reached since, or fleet.yaml says nothing of it, maxAge holds as ever', async () => {
  assert.match((await staleAfter(2, offline)) ?? '', /limit 86400/);
  assert.match((await staleAfter(2, strict, byBundle)) ?? '', /limit 86400/);
  assert.equal(await staleAfter(1, strict, byBundle), undefined);
});

test('the status says of what time it is fresh, until when, and that a bundle brought it', () => {
  const facts: PassFacts = { ...beginFacts('p'), desired: offline, carried: { byBundle } };
  const conditions = new Map(conditionsOf(facts, closed).map(each => [each.type, each]));
  const fresh = 'fresh by a bundle of 2026-11-29T00:00:00Z, offline until 2027-02-27T00:00:00Z';
  assert.equal(conditions.get('Fresh')?.message, fresh);
  assert.match(conditions.get('Carried')?.message ?? '', /by a bundle of 2026-11-29T00:00:00Z; no gateway/);
  const refused = { name: 'b', code: 'BUNDLE_FORK', message: 'another history' };
  const [, carried] = conditionsOf({ ...facts, carried: { refused } }, closed);
  assert.deepEqual([carried?.type, carried?.status, carried?.reason], ['Carried', false, 'BUNDLE_FORK']);
  const came = conditionsOf({ ...facts, carried: { byBundle, came: byBundle.created } }, closed)[0];
  assert.deepEqual([came?.type, came?.reason], ['Fetched', 'Bundle']);
});
