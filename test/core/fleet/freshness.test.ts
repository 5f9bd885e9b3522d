import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { exampleFleet, repositoryOf, shown } from './example-fleet.ts';

const dayMs = 86_400_000;

function read(freshness: string) {
  const text = String(exampleFleet['fleet.yaml']).replace(/^freshness:.*\n( .*\n)*/m, '');
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'fleet.yaml': `${text}freshness: ${freshness}\n`,
  });
  return { fleet: loadFleet(reader, commit), desired: desiredState({ reader, commit, device: 'pump-1' }) };
}

test('how long devices without a network count as fresh stands beside maxAge, and is not shorter', async () => {
  const { fleet, desired } = read('{ maxAge: 24h, offline: { maxAge: 90d } }');
  assert.deepEqual(shown((await fleet).problems), []);
  const { freshnessMaxAgeMs, freshnessOfflineMaxAgeMs } = (await desired).state?.settings ?? {};
  assert.deepEqual([freshnessMaxAgeMs, freshnessOfflineMaxAgeMs], [dayMs, 90 * dayMs]);
  const problemsOf = async (text: string) => shown((await read(text).fleet).problems);
  assert.match(
    (await problemsOf('{ maxAge: 24h, offline: { maxAge: 1h } }'))[0] ?? '',
    /shorter than maxAge/,
  );
  assert.match((await problemsOf('{ maxAge: 24h, offline: { maxAge: soon } }'))[0] ?? '', /length of time/);
  assert.match((await problemsOf('{ maxAge: 24h, offline: {} }'))[0] ?? '', /maxAge/);
});
