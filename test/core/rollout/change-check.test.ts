/** What a change may do to rollouts that are under way. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { Fleet } from '../../../core/fleet/fleet.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import {
  conflictProblems,
  emptyStageProblems,
  fromWarnings,
  hastened,
  rolloutEdits,
  supersededWarnings,
  takenBack,
} from '../../../core/rollout/change-check.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { shown } from '../fleet/example-fleet.ts';
import { RollingFleet, rolloutText, startMs } from './rolling-fleet.ts';

const file = 'rollouts/web/r1.yaml';
const stages = [
  'name: canary, select: { groups: [canary] }',
  'name: berlin, select: { labels: { site: berlin } }',
  'name: all, select: { all: true }',
];
const at = (stage: number, more: Readonly<Record<string, unknown>> = {}) =>
  rolloutText(stages, { stage, since: '2026-11-28T12:00:00Z', ...more });
const devices = {
  'pump-1': 'groups: [canary]',
  'pump-2': 'labels: { site: berlin }',
  'pump-3': 'labels: {}',
};
const device = (text: string) => `apiVersion: towline/v1\n${text}\n`;
type Changes = Readonly<Record<string, string | null>>;

describe('a change while a rollout is under way', () => {
  let fleet: RollingFleet;
  let before: Fleet;
  const after = async (changes: Changes): Promise<Fleet> => {
    fleet.commit(changes, startMs);
    return await fleet.load();
  };
  beforeEach(async () => {
    fleet = new RollingFleet(devices);
    before = await after({ [file]: at(2) });
  });
  const found = async (changes: Changes) => {
    const now = await after(changes);
    const early = { problems: hastened(before, now), said: [] };
    const all = [rolloutEdits(before, now), takenBack(before, now), early];
    return {
      codes: all.flatMap(({ problems }) => problems.map(({ code }) => code)),
      texts: all.flatMap(({ problems }) => shown(problems)),
      said: all.flatMap(({ said }) => said),
    };
  };

  const free: readonly [name: string, changes: Changes][] = [
    ['a stage opens', { [file]: at(3) }],
    ['it is paused', { [file]: at(2, { paused: true, reason: 'late' }) }],
    ['an app is taken away', { 'devices/pump-1.yaml': device('apps: { web: { absent: true } }') }],
    ['a device goes', { 'devices/pump-1.yaml': null }],
    [
      'a device of a stage that is not open changes its place',
      { 'devices/pump-3.yaml': device('labels: { site: rome }') },
    ],
    ['a device comes into an open stage', { 'devices/pump-3.yaml': device('groups: [canary]') }],
    [
      'a device gets a release beyond it',
      { 'devices/pump-1.yaml': device('groups: [canary]\napps: { web: { release: "1.2.0" } }') },
    ],
    [
      'it is finished: what it brought is assigned, and its file goes',
      { [file]: null, 'fleet.yaml': '', 'devices/pump-3.yaml': null },
    ],
    [
      'one device gets its release as a pin',
      { 'devices/pump-3.yaml': device('apps: { web: { release: "1.1.0" } }') },
    ],
    [
      'another supersedes it and goes on from where it leads',
      { 'rollouts/web/r2.yaml': at(0, { supersedes: 'r1', from: ['1.0.0', '1.1.0'], to: '1.2.0' }) },
    ],
  ];
  for (const [name, changes] of free) {
    test(`is free: ${name}`, async () => {
      const assigned = fleet.files.get('fleet.yaml')?.replace('1.0.0', '1.1.0') ?? '';
      const isEnd = changes['fleet.yaml'] !== undefined;
      const { texts, said } = await found(isEnd ? { ...changes, 'fleet.yaml': assigned } : changes);
      assert.deepEqual([texts, said], [[], []]);
    });
  }

  const refused: readonly [name: string, changes: Changes, said: RegExp][] = [
    [
      'its file goes',
      { [file]: null },
      /back: pump-1 \(1\.1\.0 → 1\.0\.0\), pump-2 \(1\.1\.0 → 1\.0\.0\); --allow-downgrade/,
    ],
    [
      'trap 7: a label moves a device to a later stage',
      { 'devices/pump-2.yaml': device('labels: { site: rome }') },
      /back: pump-2 /,
    ],
    [
      'a device leaves the group of its stage',
      { 'devices/pump-1.yaml': device('groups: [rest]') },
      /back: pump-1 /,
    ],
    [
      'a pin to where it came from',
      { 'devices/pump-1.yaml': device('groups: [canary]\napps: { web: { release: "1.0.0" } }') },
      /back: pump-1 /,
    ],
  ];
  for (const [name, changes, words] of refused) {
    test(`is refused, with the devices that it takes back: ${name}`, async () => {
      const { codes, texts } = await found(changes);
      assert.deepEqual(codes, ['ROLLOUT_DOWNGRADE']);
      assert.match(texts[0] ?? '', words);
    });
  }

  test('is free: a device comes into a group that has what it brings already', async () => {
    const has = 'apiVersion: towline/v1\npriority: 10\napps: { web: { release: "1.1.0" } }\n';
    before = await after({ 'groups/rest.yaml': has });
    assert.deepEqual((await found({ 'devices/pump-3.yaml': device('groups: [rest]') })).texts, []);
  });

  test('is refused where files give what it brings to devices that it has not reached', async () => {
    const assigned = fleet.files.get('fleet.yaml')?.replace('1.0.0', '1.1.0') ?? '';
    for (const changes of [{ 'fleet.yaml': assigned }, { 'fleet.yaml': assigned, [file]: null }]) {
      const { codes, texts } = await found(changes);
      assert.deepEqual(codes, ['ROLLOUT_MOVES_DEVICES']);
      assert.match(texts[0] ?? '', /before their stage is open: pump-3 \(1\.0\.0 → 1\.1\.0\); /);
    }
  });

  const settled: readonly [name: string, text: string][] = [
    ['trap 12: its release', at(2, { to: '1.2.0' })],
    ['its stages', at(2).replace('rome', 'oslo').replace('site: berlin', 'site: rome')],
    ['a hold', at(2).replace('name: canary,', 'name: canary, hold: 1h,')],
    ['who takes part', at(2, { from: ['1.0.0', '1.2.0'] })],
    ['the draw', at(2, { salt: 'app' })],
  ];
  for (const [name, text] of settled) {
    test(`is refused once a stage is open: ${name}`, async () => {
      assert.ok((await found({ [file]: text })).codes.includes('ROLLOUT_CHANGED'));
      await after({ [file]: at(0) });
      before = await fleet.load();
      assert.ok(
        !(await found({ [file]: text.replace('stage: 2', 'stage: 0') })).codes.includes('ROLLOUT_CHANGED'),
      );
    });
  }

  test('trap 17: people close a stage again, or abort: devices that go back are said, and nothing is refused', async () => {
    const lowered = await found({ [file]: at(1) });
    assert.deepEqual(lowered.codes, []);
    assert.deepEqual(lowered.said, [
      'rollout r1 of web goes back from stage 2 to 1',
      'rollouts/web/r1.yaml takes back pump-2 (1.1.0 → 1.0.0)',
    ]);
    const aborted = await found({ [file]: at(2, { aborted: true }) });
    assert.deepEqual(aborted.codes, []);
    assert.match(aborted.said[1] ?? '', /takes back pump-1 .*, pump-2 /);
  });

  test('the file of one that was aborted goes without a word', async () => {
    before = await after({ [file]: at(2, { aborted: true }) });
    assert.deepEqual((await found({ [file]: null })).codes, []);
  });

  test('the file of one that was aborted stays while devices may have its one-way release', async () => {
    const release = 'apps/web/releases/1.1.0/release.yaml';
    const oneWay = `${fleet.files.get(release)}migration: one-way\n`;
    before = await after({ [file]: at(2, { aborted: true }), [release]: oneWay });
    const { codes, texts } = await found({ [file]: null });
    assert.deepEqual(codes, ['ROLLOUT_DOWNGRADE']);
    assert.match(
      texts[0] ?? '',
      /1\.1\.0 cannot be gone back from, and where it runs among pump-1, pump-2, pump-3 /,
    );
    await after({ [file]: at(2, { aborted: true }) });
    const assigned = fleet.files.get('fleet.yaml')?.replace('1.0.0', '1.1.0') ?? '';
    assert.deepEqual((await found({ [file]: null, 'fleet.yaml': assigned })).codes, []);
  });

  test('a line of two that goes as a whole takes devices back to where it began', async () => {
    const next = at(3, { supersedes: 'r1', from: ['1.1.0'], to: '1.2.0' });
    before = await after({ 'rollouts/web/r2.yaml': next });
    const { codes, texts } = await found({ [file]: null, 'rollouts/web/r2.yaml': null });
    assert.deepEqual(codes, ['ROLLOUT_DOWNGRADE']);
    assert.match(texts[0] ?? '', /pump-1 \(1\.2\.0 → 1\.0\.0\)/);
  });

  test('a device that leaves the fleet goes back to nothing', async () => {
    const leaving = device('groups: [rest]\nretired: { apps: stop }');
    assert.deepEqual((await found({ 'devices/pump-1.yaml': leaving })).codes, []);
  });

  test('one that is superseded opens no further stage', async () => {
    const next = at(0, { supersedes: 'r1', from: ['1.0.0', '1.1.0'], to: '1.2.0' });
    before = await after({ 'rollouts/web/r2.yaml': next });
    assert.deepEqual((await found({ [file]: at(3) })).codes, ['ROLLOUT_CHANGED']);
  });

  test('one that is superseded and not paused is a warning: a bot’s key could still open its stages', async () => {
    const next = at(0, { supersedes: 'r1', from: ['1.0.0', '1.1.0'], to: '1.2.0' });
    const now = await after({ 'rollouts/web/r2.yaml': next });
    assert.match(shown(supersededWarnings(now))[0] ?? '', /r1\.yaml:\S+ ROLLOUT_SUPERSEDED r2 supersedes it/);
    for (const text of [at(2, { paused: true }), at(2, { aborted: true }), at(3)])
      assert.deepEqual(supersededWarnings(await after({ [file]: text })), []);
  });

  test('two that move one device are named with it', async () => {
    const now = await after({ 'rollouts/web/r2.yaml': at(1) });
    assert.match(
      shown(conflictProblems(now))[0] ?? '',
      /ROLLOUT_CONFLICT r1 and r2 both move pump-1, pump-2, pump-3: /,
    );
    assert.deepEqual(conflictProblems(before), []);
  });

  test('trap 2: a stage that selects nobody is refused, unless it was open before', async () => {
    const nobody = at(2).replace('site: berlin', 'site: rome');
    const now = await after({ [file]: nobody });
    assert.deepEqual(emptyStageProblems(now, now), []);
    const fresh = await after({ [file]: nobody.replace('stage: 2', 'stage: 0') });
    assert.match(
      shown(emptyStageProblems(fresh, fresh))[0] ?? '',
      /r1\.yaml:7:5 ROLLOUT_STAGE_EMPTY stage berlin selects no device/,
    );
    assert.equal(emptyStageProblems(now, undefined).length, 1);
    assert.deepEqual(emptyStageProblems(await after({ [file]: at(0) }), undefined), []);
  });

  test('a release to come from that is not there is a warning', async () => {
    const now = await after({ [file]: at(0, { from: ['1.0.0', '0.9.0'] }) });
    assert.match(
      shown(fromWarnings(now))[0] ?? '',
      /FLEET_RELEASE_UNKNOWN app "web" has no release "0\.9\.0"/,
    );
  });
});

describe('a rollout’s file', () => {
  const wrong: readonly [name: string, text: string, said: RegExp][] = [
    ['names another app than its folder', at(0).replace('app: web', 'app: other'), /FLEET_NAME_MISMATCH/],
    ['leads to a release that is not there', at(0, { to: '9.9.9' }), /FLEET_RELEASE_UNKNOWN/],
    [
      'leads to where it comes from',
      at(0, { from: ['1.0.0', '1.1.0'] }),
      /ROLLOUT_INVALID 1\.1\.0 stands in from/,
    ],
    ['has more stages open than there are', at(4), /ROLLOUT_INVALID 4 stages are open, and there are 3/],
    [
      'does not say since when a stage is open',
      at(1).replace(/since.*\n/, ''),
      /ROLLOUT_INVALID a stage is open/,
    ],
    ['says a day that is none', at(1).replace('2026-11-28', '2026-11-31'), /FLEET_INSTANT/],
    [
      'has two stages of one name',
      at(0).replace('name: all', 'name: canary'),
      /ROLLOUT_INVALID there are two stages "canary"/,
    ],
    [
      'has percentages that fall',
      rolloutText(['name: a, percent: 50', 'name: b, percent: 10']),
      /ROLLOUT_INVALID 10 of a hundred after 50/,
    ],
    [
      'selects a group that is not there',
      at(0).replace('[canary]', '[cannary]'),
      /FLEET_GROUP_UNKNOWN .*did you mean "canary"/,
    ],
    [
      'supersedes one that is not there',
      at(0, { supersedes: 'r0' }),
      /ROLLOUT_INVALID there is no rollout "r0"/,
    ],
    ['supersedes itself', at(0, { supersedes: 'r1' }), /ROLLOUT_INVALID r1 supersedes itself/],
  ];
  for (const [name, text, said] of wrong) {
    test(`is refused where it ${name}`, async () => {
      const fleet = new RollingFleet(devices);
      fleet.commit({ [file]: text }, startMs);
      const { problems } = await loadFleet(new ObjectReader(fleet.repository), fleet.head);
      assert.match(shown(problems).join('\n'), said);
    });
  }

  test('lies in the folder of its app: anywhere else it would be read by nobody', async () => {
    for (const path of ['rollouts/r1.yaml', 'rollouts/web/old/r1.yaml', 'rollouts/web/r1.yml']) {
      const fleet = new RollingFleet(devices);
      fleet.commit({ [path]: at(1) }, startMs);
      const { problems } = await loadFleet(new ObjectReader(fleet.repository), fleet.head);
      const meant = path.endsWith('.yml') ? '\\.yaml' : 'rollouts/<app>/<name>\\.yaml';
      assert.match(shown(problems).join(), new RegExp(`FLEET_FILE_UNEXPECTED .*did you mean ${meant}\\?$`));
    }
  });

  test('a pin stands in a device’s own file, beside its release', async () => {
    const fleet = new RollingFleet(devices);
    const pinned = 'apps: { web: { pinned: { reason: x } } }';
    fleet.commit({ 'groups/rest.yaml': device(pinned), 'devices/pump-1.yaml': device(pinned) }, startMs);
    const { problems } = await loadFleet(new ObjectReader(fleet.repository), fleet.head);
    assert.deepEqual(
      problems.map(({ code, position }) => [code, position.file]),
      [
        ['FLEET_SCHEMA', 'devices/pump-1.yaml'],
        ['FLEET_SCHEMA', 'groups/rest.yaml'],
      ],
    );
  });
});
