import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Distances } from '../../../cli/status/distances.ts';
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
  const distances = new Distances(repository.path);
  const { signal } = new AbortController();
  const found = await distances.to(second, [trusted, first, second, elsewhere, 'f'.repeat(40)], signal);
  const hour = hourAgo * 1000;
  assert.deepEqual(Object.fromEntries(found), {
    [trusted]: { behind: 3, ahead: 0, behindSinceMs: hour },
    [first]: { behind: 2, ahead: 0, behindSinceMs: now * 1000 },
    [second]: { behind: 0, ahead: 0, behindSinceMs: undefined },
    [elsewhere]: { behind: 3, ahead: 1, behindSinceMs: hour },
  });
});
