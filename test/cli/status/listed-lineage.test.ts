import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readLineage } from '../../../cli/status/listed-lineage.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';

let repository: FleetRepository;
const [monthAgo, hourAgo, now] = [1_700_000_000, 1_702_600_000, 1_702_603_600];
before(async () => {
  repository = await makeRepository();
});
after(() => repository.remove());

const commit = (timeSec: number, ...parents: string[]) =>
  repository.commit({ parents, timeSec, branch: null, files: { [`${timeSec}-${parents.length}`]: '' } });

test('a device is behind since main has what it lacks, however old what was merged is', async () => {
  const trusted = await commit(monthAgo - 1);
  const first = await commit(hourAgo, trusted);
  const second = await commit(now, first, await commit(monthAgo, trusted));
  const elsewhere = await commit(now, trusted);
  const { signal } = new AbortController();
  const named = [trusted, first, second, elsewhere, 'f'.repeat(40)];
  const lineage = await readLineage(repository.path, second, named, signal);
  const hour = hourAgo * 1000;
  assert.deepEqual(Object.fromEntries(named.map(commit => [commit, lineage.distance(commit)])), {
    [trusted]: { behind: 3, ahead: 0, behindSinceMs: hour },
    [first]: { behind: 2, ahead: 0, behindSinceMs: now * 1000 },
    [second]: { behind: 0, ahead: 0, behindSinceMs: undefined },
    [elsewhere]: { behind: 3, ahead: 1, behindSinceMs: hour },
    ['f'.repeat(40)]: undefined,
  });
});

test('what lies on one line is told by one question, of any two; what is no commit stands in nobody’s way', async () => {
  const root = await commit(monthAgo - 2);
  const left = await commit(hourAgo + 1, root);
  const right = await commit(hourAgo + 2, root);
  const merged = await commit(now + 1, left, right);
  const blob = await repository.store('blob', 'x');
  const { signal } = new AbortController();
  const missing = 'e'.repeat(40);
  const lineage = await readLineage(repository.path, merged, [root, left, right, blob, missing], signal);
  for (const [one, other] of [
    [root, left],
    [right, root],
    [merged, right],
    [left, left],
  ] as const)
    assert.equal(lineage.isOneLine(one, other), true);
  for (const [one, other] of [
    [left, right],
    [blob, root],
    [missing, root],
    [missing, missing],
  ] as const)
    assert.equal(lineage.isOneLine(one, other), false);
  assert.deepEqual(lineage.distance(left), { behind: 2, ahead: 0, behindSinceMs: (now + 1) * 1000 });
});
