/** Whom a review counts, and what it says where there is nothing to compare with. */
import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { addRelease, beginAnew, makeReleasedFleet } from '../fleet.ts';
import { addDevices, branch, commit, plan, release, reviewed } from './branch.ts';

const yaml = (...lines: string[]) => ['apiVersion: towline/v1', ...lines, ''].join('\n');

describe('a review counts', () => {
  test('nobody who is revoked, and in no stage whoever retires', async () => {
    await using fleet = await makeReleasedFleet();
    await addDevices(fleet, 4);
    await fleet.write('devices/berlin/pump-10.yaml', yaml('groups: [stable]', 'revoked: true'));
    await fleet.write('devices/berlin/pump-11.yaml', yaml('groups: [stable]', 'retired: { apps: stop }'));
    await beginAnew(fleet);
    await branch(fleet);
    await addRelease(fleet, '1.1.0');
    await mkdir(path.join(fleet.directory, 'rollouts/hello'), { recursive: true });
    await fleet.write(
      'rollouts/hello/r.yaml',
      yaml(
        ...['app: hello', 'from: [1.0.0]', 'to: 1.1.0'],
        ...['stages: [{ name: all, select: { all: true } }]', 'stage: 1', 'since: 2026-11-28T12:00:00Z'],
      ),
    );
    await commit(fleet);
    const { devices, plans, rollouts, problems } = await reviewed(fleet);
    assert.deepEqual(problems.first, []);
    assert.equal(rollouts[0]?.stages[0]?.devices, 5);
    assert.deepEqual([devices.touched, plans.map(each => each.devices.count)], [5, [5]]);
  });

  test('no plan of a device that the branch revokes: it is told nothing any more', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await release(fleet);
    await fleet.write('devices/lisbon/pump-3.yaml', yaml('groups: [stable]', 'revoked: true'));
    await commit(fleet);
    const { plans, changes } = await reviewed(fleet);
    assert.deepEqual(
      plans.map(({ devices }) => devices.first),
      [['pump-1', 'pump-2']],
    );
    assert.deepEqual(changes.at(-1), { area: 'devices', what: 'is revoked, for ever: pump-3' });
  });

  test('what is lost where a device retires with its volumes', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await fleet.write(
      'devices/lisbon/pump-3.yaml',
      yaml('groups: [stable]', 'retired: { apps: { remove-with-volumes: pump-3 } }'),
    );
    await commit(fleet);
    const { plans } = await reviewed(fleet);
    assert.deepEqual(
      plans[0]?.apps[0]?.volumes.map(({ change }) => change),
      ['removed'],
    );
  });
});

for (const [side, before] of [
  ['the base', true],
  ['the branch', false],
] as const)
  test(`of people and policy a review says that it cannot say what changes, where ${side} has no fleet to read`, async () => {
    await using fleet = await makeReleasedFleet();
    const mallory = await makeSshKey();
    const breakIt = () => rm(path.join(fleet.directory, 'fleet.yaml'));
    const text = await fleet.git('show', 'HEAD:fleet.yaml');
    if (before) {
      await breakIt();
      await beginAnew(fleet);
    }
    await branch(fleet);
    await fleet.replace(
      'trust/policy.yaml',
      'principals:\n',
      `principals:\n  mallory: { ssh: ["${mallory.publicKey}"] }\n`,
    );
    if (before) await fleet.write('fleet.yaml', text);
    else await breakIt();
    await commit(fleet);
    const { changes } = await reviewed(fleet);
    assert.deepEqual(changes, [
      {
        area: 'policy',
        what: `${side} has no fleet that can be read: what changes of policy and people, nobody can say`,
      },
    ]);
    assert.match((await plan(fleet)).output, /nobody can say/);
    await mallory.remove();
  });
