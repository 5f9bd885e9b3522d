/** What is left to whoever attacks a rollout: a bot's stolen key, a gateway's owner, maintainers of a part. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { byClock, byCommit } from '../../../core/rollout/when.ts';
import { MemoryKey } from '../../../lab/rig/memory-repository.ts';
import { holdsMs, RolloutLine, rolloutFile, stepTo } from '../../rig/rollout-line.ts';
import { hourMs, releaseFiles, startMs } from './rolling-fleet.ts';

const [one, two] = holdsMs;
const old = '1.0.0';
const fresh = '1.1.0';

describe('a bot’s stolen key', () => {
  test('opens all stages at once, and no device takes one before the holds are over since people began', async () => {
    const line = new RolloutLine(2);
    const { bot } = line.keys;
    line.commit(bot, { [rolloutFile]: stepTo(1, 1000) });
    line.commit(bot, { [rolloutFile]: stepTo(2, 1000 + one) });
    line.commit(bot, { [rolloutFile]: stepTo(3, 1000 + one + two) });
    assert.equal(await line.refusal(), undefined);
    const at = (ms: number) => line.releases(byClock(startMs + 1000 + ms));
    assert.deepEqual(await at(-1), [old, old, old, old]);
    assert.deepEqual(await at(0), [fresh, old, old, old]);
    assert.deepEqual(await at(one - 1), [fresh, old, old, old]);
    assert.deepEqual(await at(one), [fresh, fresh, old, old]);
    assert.deepEqual(await at(one + two - 1), [fresh, fresh, old, old]);
    assert.deepEqual(await at(one + two), [fresh, fresh, fresh, old]);
  });

  test('trap 14: begins in the past, or skips a hold, and no device follows', async () => {
    for (const steps of [
      [stepTo(1, -1000 * hourMs)],
      [stepTo(1, 1000), stepTo(2, 1000 + one - 1000)],
      [stepTo(1, 1000), stepTo(3, 1000 + one + two)],
    ]) {
      const line = new RolloutLine(2);
      for (const step of steps) line.commit(line.keys.bot, { [rolloutFile]: step });
      assert.equal(await line.refusal(), 'TRUST_WRONG_PATH');
    }
  });

  test('makes up for time that a rollout stood still, and no more: the holds count from the last since', async () => {
    const line = new RolloutLine(2);
    const { bot } = line.keys;
    line.commit(bot, { [rolloutFile]: stepTo(1, 1000) });
    line.commit(bot, { [rolloutFile]: stepTo(2, 1000 + one) });
    assert.deepEqual(await line.releases(byClock(startMs + 500 * hourMs)), [fresh, fresh, old, old]);
  });

  test('pauses, and can do nothing else: not go on, not abort, not another file, not a new one', async () => {
    const line = new RolloutLine(2);
    const { bot } = line.keys;
    const paused = line.commit(bot, { [rolloutFile]: stepTo(0, 0, { paused: true, reason: 'I am here' }) });
    assert.equal((await line.walk()).trusted.commit, paused);
    for (const changes of [
      { [rolloutFile]: stepTo(0, 0) },
      { [rolloutFile]: stepTo(1, 1000, { paused: true, reason: 'I am here' }) },
      { [rolloutFile]: stepTo(0, 0, { paused: true, reason: 'I am here', aborted: true }) },
      { [rolloutFile]: null },
      { 'rollouts/web/r2.yaml': stepTo(1, 0) },
      { 'fleet.yaml': 'apiVersion: towline/v1\nname: acme\n' },
      { 'apps/web/compose.yaml': 'services: {}\n' },
    ]) {
      const other = new RolloutLine(2);
      const before = other.commit(other.keys.bot, {
        [rolloutFile]: stepTo(0, 0, { paused: true, reason: 'I am here' }),
      });
      other.commit(other.keys.bot, changes);
      const { trusted, stopped } = await other.walk();
      assert.deepEqual([trusted.commit, stopped?.vouched], [before, ['bot']]);
    }
  });
});

test('a bot’s stolen key goes on with a rollout that another supersedes, unless that is paused', async () => {
  const hotfix = stepTo(1, 0, { from: ['1.0.0', '1.1.0'], to: '1.2.0', supersedes: 'r1' });
  for (const [more, berlin] of [
    [{}, fresh],
    [{ paused: true }, old],
  ] as const) {
    const line = new RolloutLine(2);
    line.commit(line.keys.alice, {
      [rolloutFile]: stepTo(1, 0, more),
      'rollouts/web/r2.yaml': hotfix,
    });
    line.commit(line.keys.bot, { [rolloutFile]: stepTo(2, one, more) });
    assert.deepEqual(await line.releases(), ['1.2.0', berlin, old, old]);
  }
});

describe('a gateway’s owner', () => {
  test('without a key opens no stage, whatever is written', async () => {
    const line = new RolloutLine(2);
    line.commit(new MemoryKey(), { [rolloutFile]: stepTo(1, 1000) });
    assert.ok((await line.walk()).stopped !== undefined);
    assert.deepEqual(await line.releases(), [old, old, old, old]);
  });

  test('with the bot’s key hastens a rollout that is neither paused nor for people, as far as its holds allow', async () => {
    const line = new RolloutLine(2);
    line.commit(line.keys.alice, {
      [rolloutFile]: stepTo(0, 0).replace('name: canary,', 'name: canary, promote: people,'),
    });
    line.commit(line.keys.bot, {
      [rolloutFile]: stepTo(1, 1000).replace('name: canary,', 'name: canary, promote: people,'),
    });
    assert.equal(await line.refusal(), 'TRUST_WRONG_PATH');
  });
});

describe('a narrow maintainer', () => {
  test('who may write an app moves no rollout of another’s, and no release that is there becomes another', async () => {
    const line = new RolloutLine(2);
    const { carol } = line.keys;
    const before = line.commit(carol, { 'apps/web/compose.yaml': 'services: {}\n' });
    line.commit(carol, { 'rollouts/other/r1.yaml': stepTo(3, 0) });
    assert.deepEqual(
      [(await line.walk()).trusted.commit, await line.refusal()],
      [before, 'TRUST_FIELD_FILE'],
    );
    const again = new RolloutLine(2);
    again.commit(again.keys.carol, { 'apps/web/releases/1.1.0/compose.yaml': 'services: {}\n' });
    assert.equal(await again.refusal(), 'TRUST_RELEASE_CHANGED');
  });
});

describe('whoever may edit rollouts of one app', () => {
  test('gives its devices any release of it that is there, at once; a device with a pin stays', async () => {
    const line = new RolloutLine(2);
    line.commit(line.keys.carol, { [rolloutFile]: stepTo(3, -1000 * hourMs) });
    assert.deepEqual(await line.releases(byClock(startMs)), [fresh, fresh, fresh, old]);
  });

  test('moves no other app by a file that names it: devices of that app do not read it, those of the folder’s refuse the commit', async () => {
    const other = {
      ...Object.fromEntries(
        Object.entries(releaseFiles('1.0.0')).map(([path, text]) => [
          path.replace('apps/web', 'apps/other'),
          text,
        ]),
      ),
      'devices/pump-3.yaml':
        'apiVersion: towline/v1\napps: { web: { absent: true }, other: { release: "1.0.0" } }\n',
    };
    const line = new RolloutLine(2, other);
    line.commit(line.keys.carol, {
      'rollouts/web/evil.yaml': stepTo(3, 0).replace('app: web', 'app: other'),
    });
    assert.equal(await line.refusal(), undefined);
    const { state, problems } = await line.desired('pump-3');
    assert.deepEqual(
      [state?.projects.map(({ app, release }) => [app, release]), problems],
      [[['other', '1.0.0']], []],
    );
    const stopped = await line.desired('pump-1');
    assert.deepEqual(
      [stopped.state, stopped.problems.map(({ code }) => code)],
      [undefined, ['FLEET_NAME_MISMATCH']],
    );
  });

  test('leads to no release that nobody made: who is in the stage says so, and what runs stays', async () => {
    const line = new RolloutLine(2);
    line.commit(line.keys.carol, { [rolloutFile]: stepTo(1, 0, { to: '6.6.6' }) });
    const { state, problems } = await line.desired('pump-1');
    assert.deepEqual(
      [state, problems.map(({ code }) => code)],
      [undefined, ['FLEET_APP_UNKNOWN', 'FLEET_RELEASE_UNKNOWN']],
    );
  });
});

test('the same stage is the same on every device: by the commit alone all that it says are open are', async () => {
  const line = new RolloutLine(2);
  line.commit(line.keys.alice, { [rolloutFile]: stepTo(2, 9000 * hourMs) });
  assert.deepEqual(await line.releases(byCommit), [fresh, fresh, old, old]);
});
