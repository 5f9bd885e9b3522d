/** A device that leaves the fleet, as its file says it: who may say so, of whom, and what is planned. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import {
  device,
  makePeople,
  makePolicedFleet,
  type People,
  policyText,
  removePeople,
} from '../../rig/policed-fleet.ts';
import { exampleFleet, repositoryOf, shown, type Texts } from './example-fleet.ts';

const pump = String(exampleFleet['devices/berlin/pump-1.yaml'] ?? exampleFleet['devices/pump-1.yaml']);
const path = Object.keys(exampleFleet).find(file => file.endsWith('/pump-1.yaml')) ?? '';
const nowMs = Date.UTC(2026, 0, 5, 12);

const read = (changes: Texts) => {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...changes });
  return { desired: desiredState({ reader, commit, device: 'pump-1' }), fleet: loadFleet(reader, commit) };
};

test('a retired device has no apps, no tunnel and nothing to wait for, whatever else its files say', async () => {
  for (const apps of ['stop', 'remove', '{ remove-with-volumes: pump-1 }']) {
    const text = `${pump.replace(/^tunnel: .*$/m, '')}tunnel: open\npaused: true\nretired: { apps: ${apps} }\n`;
    // Its app may be gone, or broken, by then.
    const { state, problems } = await read({
      [path]: text,
      'apps/web/releases/1.0.0/compose.yaml': 'services: [\n',
    }).desired;
    assert.deepEqual(shown(problems), []);
    assert.equal(state?.retired, apps.startsWith('{') ? 'remove-with-volumes' : apps);
    assert.deepEqual([state?.projects, state?.tunnel.state, state?.settings.paused], [[], 'closed', false]);
  }
});

test('volumes go only where the file names its own device; a fleet or a group is never retired', async () => {
  const cases: [file: string, text: string, expected: RegExp][] = [
    [
      path,
      `${pump}retired: { apps: { remove-with-volumes: pump-2 } }\n`,
      /FLEET_RETIRED_OTHER .*names "pump-2"/,
    ],
    [path, `${pump}retired: { apps: remove-with-volumes }\n`, /FLEET_SCHEMA/],
    [path, `${pump}retired: true\n`, /FLEET_SCHEMA/],
    [path, `${pump}retired: {}\n`, /FLEET_SCHEMA/],
    ['fleet.yaml', `${exampleFleet['fleet.yaml']}retired: { apps: stop }\n`, /FLEET_UNKNOWN_KEY/],
  ];
  const group = Object.keys(exampleFleet).find(file => file.startsWith('groups/')) ?? '';
  cases.push([group, `${exampleFleet[group]}retired: { apps: stop }\n`, /FLEET_UNKNOWN_KEY/]);
  for (const [file, text, expected] of cases) {
    const both = read({ [file]: text });
    for (const { problems } of [await both.desired, await both.fleet]) {
      if (file === group && problems.length === 0) continue;
      assert.match(shown(problems).join('\n'), expected, text);
      assert.ok(problems.every(({ position }) => position.file === file && (position.line ?? 0) > 0));
    }
  }
});

describe('who may retire a device', () => {
  let people: People;
  before(async () => {
    people = await makePeople();
  });
  after(() => removePeople(people));

  test('a rule by field never does, not one that names the field, nor may it touch the file from then on', async () => {
    const named = await makePolicedFleet(people, {
      'trust/policy.yaml': policyText(people).replace('"/tunnel"', '"/tunnel", "/retired", "/retired/apps"'),
    });
    try {
      const start = await named.repository.head();
      for (const apps of ['stop', '{ remove-with-volumes: pump }']) {
        await named.repository.git(['update-ref', 'refs/heads/main', start]);
        const text = `${device}retired: { apps: ${apps} }\n`;
        await named.repository.commit({ signer: people.carol, files: { 'devices/eu/pump.yaml': text } });
        const { stopped, trusted } = await named.walk.walk();
        assert.deepEqual([stopped?.code, trusted.commit], ['TRUST_FIELD_FILE', start]);
      }
    } finally {
      await named.repository.remove();
    }
    const fleet = await makePolicedFleet(people);
    try {
      const retired = `${device}retired: { apps: stop }\n`;
      const write = (text: string, signer = people.carol) =>
        fleet.repository.commit({ signer, files: { 'devices/eu/pump.yaml': text } });
      // Deploy has the whole file.
      const by = await write(retired, people.alice);
      assert.equal((await fleet.walk.walk()).trusted.commit, by);
      for (const text of [device, retired.replace('closed', 'open'), retired.replace('stop', 'remove')]) {
        await fleet.repository.git(['update-ref', 'refs/heads/main', by]);
        await write(text);
        const { stopped, trusted } = await fleet.walk.walk();
        assert.deepEqual([stopped?.code, trusted.commit], ['TRUST_FIELD_FILE', by]);
      }
    } finally {
      await fleet.repository.remove();
    }
  });
});

describe('what a retired device plans', () => {
  const project = makeProject('shop', {
    services: { web: { image: 'web:1', volumes: [{ type: 'volume', source: 'data', target: '/data' }] } },
    volumes: { data: {}, shared: { external: true, name: 'shared' } },
  } as never);
  const running = makeDesired('pump', [project]);
  const plan = (retired: 'stop' | 'remove' | 'remove-with-volumes', hold = false) => {
    const { observed, memory } = observedAsApplied(running, nowMs);
    const labelled = { project: 'shop', key: 'data', hash: '' };
    const anonymous = 'a'.repeat(64);
    const foreign = 'b'.repeat(64);
    const volumes = [
      { name: 'shop_data', made: undefined, owner: labelled },
      { name: 'old_data', made: undefined, owner: { ...labelled, project: 'gone' } },
      ...['shared', 'others_data', anonymous, foreign].map(name => ({
        name,
        made: undefined,
        owner: undefined,
      })),
    ];
    const mounts = { paths: [], volumes: ['shop_data', 'shared', anonymous] };
    const containers = observed.containers.map(one => ({ ...one, mounts }));
    const desired = { ...running, projects: [], retired };
    const held = hold ? { ...memory, holdUntilMs: nowMs + 3_600_000 } : memory;
    const made = planDevice({ desired, observed: { ...observed, containers, volumes }, memory: held });
    return {
      steps: made.steps.map(step =>
        `${step.kind} ${'name' in step ? step.name : ''}`.replace(/ shop-web-1$/, ''),
      ),
      skipped: made.skipped.map(({ why }) => why),
    };
  };

  test('stop stops; remove takes containers and networks; volumes go only by name, and never those of others', () => {
    assert.deepEqual(plan('stop').steps, ['stop-container']);
    const removed = plan('remove').steps;
    assert.ok(
      removed.includes('remove-container') && !removed.some(step => step.startsWith('retire-volume')),
    );
    const all = plan('remove-with-volumes').steps.filter(step => step.startsWith('retire-volume'));
    assert.deepEqual(all.sort(), [
      `retire-volume ${'a'.repeat(64)}`,
      'retire-volume old_data',
      'retire-volume shop_data',
    ]);
  });

  test('a hold at the device is heeded, and nothing else', () => {
    for (const apps of ['stop', 'remove', 'remove-with-volumes'] as const) {
      const { steps, skipped } = plan(apps, true);
      assert.deepEqual(steps, []);
      assert.ok(skipped.length > 0 && skipped.every(why => why === 'held'));
    }
  });
});
