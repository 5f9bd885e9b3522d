/** Random rollouts in a fleet of 2,000 devices of all kinds, each told by its seed. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { MemoryKey } from '../../../lab/rig/memory-repository.ts';
import { isLong } from '../../rig/every.ts';
import { RollingFleet } from './rolling-fleet.ts';
import { randomOf, SimulatedRollout, type SimulatedWorld } from './simulated-rollout.ts';

const devices = 2_000;
const rollouts = isLong ? 200 : 8;
let world: SimulatedWorld;

before(async () => {
  const random = randomOf(1);
  const files = Array.from({ length: devices }, (_, at) => {
    const group = random() < 0.01 ? 'canary' : 'rest';
    const pin = random() < 0.02 ? '\napps: { web: { release: "1.0.0" } }' : '';
    return [`d-${at}`, `groups: [${group}]\nlabels: { ring: "${Math.floor(random() * 20)}" }${pin}`] as const;
  });
  const base = await new RollingFleet(Object.fromEntries(files)).load();
  world = { base, alice: new MemoryKey(), bot: new MemoryKey() };
});

test('no device is early, none is left between, every pause names its reason, and two bots of which some are killed do what one does', async t => {
  const ends = [];
  for (let seed = 1; seed <= rollouts; seed += 1) {
    try {
      ends.push(await new SimulatedRollout(world, seed).run());
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  const complete = ends.filter(({ how }) => how === 'complete');
  const reasons = ends.flatMap(end => end.reasons);
  t.diagnostic(
    `${complete.length} of ${ends.length} complete, ${reasons.length} pauses: ${JSON.stringify(reasons.slice(0, 5).map(each => each.slice(0, 60)))}`,
  );
  assert.ok(complete.length > 0 && complete.length < ends.length, 'some come through, and some do not');
  assert.ok(reasons.length > 0);
});
