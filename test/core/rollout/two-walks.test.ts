/** Fleets and agents of both walks end at the same release, and so does an agent that knows no rollouts, once one is finished. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { layersOf } from '../../../core/fleet/fleet.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { mergeDevice } from '../../../core/fleet/merge.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { holdsMs, RolloutLine, rolloutFile, stepTo } from '../../rig/rollout-line.ts';

const [one, two] = holdsMs;
const steps = [stepTo(1, 1000), stepTo(2, 1000 + one), stepTo(3, 1000 + one + two)];
const finished = (line: RolloutLine, text: string) =>
  line.commit(line.keys.alice, { [rolloutFile]: null, 'fleet.yaml': text.replace('1.0.0', '1.1.0') });

/** As an agent does that knows no rollouts: fleet, groups, device. */
async function withoutRollouts(line: RolloutLine, device: string): Promise<string | undefined> {
  const { trusted } = await line.walk();
  const { fleet } = await loadFleet(new ObjectReader(line.repository), trusted.commit);
  const layers = fleet === undefined ? undefined : layersOf(fleet, device);
  assert.ok(layers !== undefined);
  return mergeDevice(layers).apps.find(({ app }) => app === 'web')?.release;
}

describe('one rollout in two fleets', () => {
  const lines = { people: new RolloutLine(1), bot: new RolloutLine(2) };

  test('at walk 1 people move its stages, at walk 2 a bot: devices take the same, step by step', async () => {
    for (const step of steps) {
      lines.people.commit(lines.people.keys.alice, { [rolloutFile]: step });
      lines.bot.commit(lines.bot.keys.bot, { [rolloutFile]: step });
      assert.deepEqual([await lines.people.refusal(), await lines.bot.refusal()], [undefined, undefined]);
      assert.deepEqual(await lines.people.releases(), await lines.bot.releases());
    }
    assert.deepEqual(await lines.bot.releases(), ['1.1.0', '1.1.0', '1.1.0', '1.0.0']);
  });

  test('an agent that knows no rollouts stays until it is finished, and ends where all are', async () => {
    for (const line of Object.values(lines)) {
      assert.equal(await withoutRollouts(line, 'pump-1'), '1.0.0');
      const before = await line.releases();
      const file = await new ObjectReader(line.repository).fileAt(line.head, 'fleet.yaml', 4096);
      finished(line, Buffer.from(file?.bytes ?? []).toString());
      assert.deepEqual(await line.releases(), before);
      assert.equal(await withoutRollouts(line, 'pump-1'), '1.1.0');
      assert.equal(await withoutRollouts(line, 'pump-4'), '1.0.0');
    }
  });
});

test('an edited compose.yaml reaches nobody before its stage: the draft no device, the release whose stage is open', async () => {
  const line = new RolloutLine(2);
  const { alice, carol } = line.keys;
  line.commit(alice, { [rolloutFile]: stepTo(1, 0) });
  const digests = async () => {
    const found: (string | undefined)[] = [];
    for (const device of ['pump-1', 'pump-2', 'pump-3', 'pump-4'])
      found.push((await line.desired(device)).state?.projects[0]?.digest);
    return found;
  };
  const before = await digests();
  line.commit(carol, { 'apps/web/compose.yaml': 'services: { web: { image: evil } }\n' });
  assert.equal(await line.refusal(), undefined);
  assert.deepEqual(await digests(), before);
  line.commit(alice, { [rolloutFile]: stepTo(2, 1) });
  const [first, second, ...others] = await digests();
  assert.deepEqual([first, ...others], [before[0], before[2], before[3]]);
  assert.notEqual(second, before[1]);
});
