/** A device that was away for long, or on another line, goes on batch by batch: what one reader may read is no end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { openAnchor, type TrustedState, type WalkResult, walk } from '../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';

const alice = new MemoryKey();
const timeSec = 1_700_000_000;
const message = 'x\n\nTowline-Ref: f/main\n';
const policy = [
  'apiVersion: towline/v1',
  'fleet: f',
  'version: 1',
  'walk: 2',
  `principals: { alice: { ssh: ["${alice.publicKey}"] } }`,
  'roles: { root: { principals: [alice] } }',
  '',
].join('\n');

const repository = new MemoryRepository();
const commit = (parents: readonly string[], content: string, more = message): string => {
  const files = new Map([
    ['trust/policy.yaml', policy],
    ['apps/a', content],
  ]);
  return repository.commit({ files, parents, message: more, timeSec, signer: alice });
};

const line = [commit([], '0')];
for (let at = 1; at < 200; at += 1) line.push(commit(line.slice(-1), `${at}`));
const last = commit(line.slice(-1), 'last');
/** Another id, the same files. */
const twin = commit(line.slice(-1), 'last', `Twin\n\nTowline-Ref: f/main\n`);
const next = commit([last], 'next');

async function go(trusted: TrustedState, head: string, maxObjects: number): Promise<WalkResult> {
  let result: WalkResult = { trusted, accepted: [] };
  do {
    const reader = new ObjectReader(repository, { maxObjects });
    result = await walk({ reader, trusted: result.trusted, head, signal: AbortSignal.timeout(60_000) });
  } while (result.more === true && result.accepted.length > 0);
  return result;
}

test('a line that is longer than one reader reads is walked in batches', async () => {
  const anchor = await openAnchor(new ObjectReader(repository), line[0] ?? '');
  const { trusted, stopped } = await go(anchor, next, 700);
  assert.deepEqual([stopped?.message, trusted.commit], [undefined, next]);
});

test('a twin is found behind more than one reader reads', async () => {
  const anchor = await openAnchor(new ObjectReader(repository), line[0] ?? '');
  const misled = await go(anchor, twin, 100_000);
  assert.equal(misled.trusted.commit, twin);
  const { trusted, stopped } = await go(misled.trusted, next, 700);
  assert.deepEqual([stopped?.message, trusted.commit], [undefined, next]);
});
