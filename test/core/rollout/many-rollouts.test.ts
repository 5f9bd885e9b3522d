/** As many rollouts as an app may have, and one more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layersOf } from '../../../core/fleet/fleet.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { loadDevice } from '../../../core/fleet/load-device.ts';
import { rolledOut } from '../../../core/rollout/rolled-out.ts';
import { byCommit } from '../../../core/rollout/when.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { RollingFleet, rolloutText, startMs } from './rolling-fleet.ts';

const nameOf = (at: number) => `r${String(at).padStart(3, '0')}`;

/** Each supersedes the one before, and leads on from where that leads. */
function chain(count: number): Record<string, string> {
  const texts = Array.from({ length: count }, (_, at) => [
    `rollouts/web/${nameOf(at)}.yaml`,
    rolloutText(['name: all, select: { all: true }'], {
      ...{ from: [`1.${at}.0`], to: `1.${at + 1}.0`, stage: 1, since: '2026-11-28T12:00:00Z' },
      ...(at === 0 ? {} : { supersedes: nameOf(at - 1) }),
    }),
  ]);
  return Object.fromEntries(texts);
}

async function read(count: number) {
  const fleet = new RollingFleet({ 'pump-1': 'labels: {}' });
  fleet.commit(chain(count), startMs);
  const reader = new ObjectReader(fleet.repository);
  const question = { reader, commit: fleet.head };
  return {
    whole: await loadFleet(reader, fleet.head),
    own: await loadDevice({ ...question, id: 'pump-1' }),
  };
}

test('64 rollouts of one app, each superseding another, lead to the last release', async () => {
  const { whole, own } = await read(64);
  assert.ok(own.layers !== undefined && whole.fleet !== undefined);
  for (const layers of [own.layers, layersOf(whole.fleet, 'pump-1')])
    assert.equal(layers && rolledOut(layers, byCommit).apps[0]?.release, '1.64.0');
});

test('more are refused, on a device and at the desk, and no time is spent on them', async () => {
  const { whole, own } = await read(1000);
  const isTooLarge = ({ code }: { readonly code: string }) => code === 'FLEET_TOO_LARGE';
  assert.deepEqual(
    [own.layers, own.problems.map(({ code }) => code), whole.problems.filter(isTooLarge).length],
    [undefined, ['FLEET_TOO_LARGE'], 1],
  );
  assert.equal(whole.fleet?.rollouts.get('web')?.size, 65);
});
