/** The first screen and the list: what needs a person, with its reason and the command that does the same; filters and orders. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chainedLine, chainStart } from '../../../core/audit/audit-entry.ts';
import { operatorText, releaseOf } from '../../../lab/rig/portal-files.ts';
import { PortalFleet } from '../../../lab/rig/portal-fleet.ts';
import { rolloutText } from '../../core/rollout/rolling-fleet.ts';
import { AskedModel } from './asked-model.ts';

const hourMs = 3_600_000;
const ids = (answer: { rows: readonly { id: string }[] }) => answer.rows.map(({ id }) => id);
const notReady = [{ type: 'Ready', status: false, reason: 'x', message: 'see the projects below' }];
const failing = (message: string) => [
  { app: 'web', project: 'web', release: '1.0.0', state: 'failed' as const, message, services: [] },
];

describe('a fleet in which much is wrong', () => {
  let fleet: PortalFleet;
  let asked: AskedModel;
  before(async () => {
    fleet = await PortalFleet.make({
      size: 30,
      files: {
        'operators/alice.yaml': operatorText({
          git: { fleet: 'write', telemetry: 'read' },
          tunnels: [{ all: true }],
        }),
        ...releaseOf('1.2.0', { notes: 'quieter', requires: { memory: '4GiB', agent: '0.0.1' } }),
        ...releaseOf('1.3.0', { withdrawn: 'it burns' }),
      },
    });
    const stages = [
      'name: canary, select: { groups: [canary] }, hold: 1h',
      'name: all, select: { all: true }',
    ];
    const since = new Date(Date.now() - hourMs).toISOString();
    const own = (at: number, text: string) => {
      const path = fleet.pathOf(fleet.ids[at] ?? '');
      return { [path]: `${fleet.files.get(path)}${text}\n` };
    };
    await fleet.commit({
      'rollouts/web/r1.yaml': rolloutText(stages, { stage: 1, since, paused: true, reason: 'people look' }),
      ...own(8, 'tunnel: { state: open, reason: INC-42 }'),
      ...own(9, 'apps: { web: { release: "1.1.0" } }'),
    });
    const elsewhere = fleet.main.commit({
      files: fleet.files,
      parents: [],
      message: 'another\n',
      timeSec: 1_700_000_000,
    });
    for (const id of fleet.ids.slice(0, 20)) fleet.say(id);
    const say = (at: number, changes: Parameters<PortalFleet['say']>[1]) =>
      fleet.say(fleet.ids[at] ?? '', changes);
    say(1, { outcome: 'failed', conditions: notReady, projects: failing('ENGINE_PULL: no such image') });
    say(2, { outcome: 'degraded', conditions: notReady, projects: failing('web is not healthy') });
    say(3, { outcome: 'stale' });
    say(4, { time: new Date(Date.now() - 400 * hourMs).toISOString() });
    say(5, { stopped: { code: 'TRUST_SIGNATURE', message: 'nobody signed it', commit: 'c'.repeat(40) } });
    say(6, { trusted: { commit: elsewhere } });
    asked = await AskedModel.open(fleet);
  });
  after(async () => await asked[Symbol.asyncDispose]());

  test('the first screen says what needs a person, by kind, with the reason and the command', async () => {
    const { sentence, needs, rollouts, counts } = await asked.ask('alice', '/overview');
    const told = Object.fromEntries(
      needs.map(
        ({
          kind,
          items,
        }: {
          kind: string;
          items: { device?: string; rollout?: string; why: string; command: string }[];
        }) => [kind, items.map(({ device, rollout, why, command }) => [device ?? rollout, why, command])],
      ),
    );
    const [, failed, degraded, stale, dark, stopped, fork, , tunnel, pin] = fleet.ids;
    assert.deepEqual(Object.keys(told), [
      'stopped',
      'fork',
      'failed',
      'dark',
      'stale',
      'degraded',
      'paused-rollout',
      'open-tunnel',
      'old-pin',
    ]);
    assert.deepEqual(told.failed, [[failed, 'web: ENGINE_PULL: no such image', `towline logs ${failed}`]]);
    assert.deepEqual(told.degraded, [[degraded, 'web: web is not healthy', `towline logs ${degraded}`]]);
    assert.deepEqual(told.stale[0][0], stale);
    assert.deepEqual(told.dark, [[dark, 'has said nothing for too long', `towline status ${dark}`]]);
    assert.deepEqual(told.stopped, [[stopped, 'TRUST_SIGNATURE at cccccccccccc', 'towline trust check']]);
    assert.deepEqual(told.fork, [
      [fork, 'trusts a commit that is not on the line of main', 'towline status'],
    ]);
    assert.deepEqual(told['paused-rollout'], [['web/r1', 'people look', 'towline rollout resume r1']]);
    assert.deepEqual(told['open-tunnel'], [
      [tunnel, 'its tunnel is open: INC-42', `towline tunnel close ${tunnel}`],
    ]);
    assert.deepEqual(told['old-pin'], [
      [pin, 'web is pinned to 1.1.0 without an end; without it 1.0.0', `towline unpin ${pin} web`],
    ]);
    assert.deepEqual(sentence, { devices: 30, needs: 8 });
    assert.deepEqual(counts, { unchanged: 17, failed: 1, degraded: 1, stale: 1, 'never seen': 10 });
    assert.deepEqual(
      rollouts.map(({ key, state, stage }: Record<string, unknown>) => [key, state, stage]),
      [['web/r1', 'paused', 1]],
    );
  });

  test('a filter finds by words, standing, group, label, app and release, and what needs a person', async () => {
    const found = async (query: string) => ids(await asked.ask('alice', `/devices?limit=500&${query}`));
    assert.deepEqual(await found('q=PULL+web'), ['pump-00001']);
    assert.deepEqual(await found('q=site-7'), ['pump-00007']);
    assert.deepEqual(await found('standing=failed,stale'), ['pump-00001', 'pump-00003']);
    assert.deepEqual(await found('group=canary'), ['pump-00000', 'pump-00010', 'pump-00020']);
    assert.deepEqual(await found('label=site%3Dsite-2'), ['pump-00002']);
    assert.deepEqual(await found('label=nothing'), []);
    assert.deepEqual(await found('app=web&release=1.1.0'), [
      'pump-00000',
      'pump-00009',
      'pump-00010',
      'pump-00020',
    ]);
    assert.deepEqual(await found('need=old-pin'), ['pump-00009']);
    assert.deepEqual(await found('group=canary&need=failed'), []);
  });

  test('an order is kept over pages, and what is alike stays by name', async () => {
    const worst = ids(await asked.ask('alice', '/devices?sort=outcome&limit=4'));
    assert.deepEqual(worst, ['pump-00001', 'pump-00002', 'pump-00003', 'pump-00020']);
    assert.deepEqual(ids(await asked.ask('alice', '/devices?sort=outcome&limit=2&offset=2')), worst.slice(2));
    assert.equal(
      ids(await asked.ask('alice', '/devices?sort=reported&order=asc&limit=11')).at(-1),
      'pump-00004',
    );
    assert.deepEqual(ids(await asked.ask('alice', '/devices?order=desc&limit=2')), [
      'pump-00029',
      'pump-00028',
    ]);
    const past = await asked.ask('alice', '/devices?offset=1000');
    assert.deepEqual([past.total, past.rows], [30, []]);
  });

  test('a row of a usual device is at most 120 bytes', () => {
    const usual = asked.model.board.rows.get('pump-00011')?.json ?? '';
    assert.ok(usual.length > 30 && Buffer.byteLength(usual) <= 120, usual);
  });

  test('a rollout tells each device’s verdict, what the gate asks, and what may be done', async () => {
    const rollout = await asked.ask('alice', '/rollouts/web/r1');
    assert.deepEqual(
      rollout.devices.map(({ device, stage, state }: Record<string, unknown>) => [device, stage, state]),
      [
        ['pump-00000', 1, 'pending'],
        ['pump-00010', 1, 'pending'],
        ['pump-00020', 1, 'absent'],
      ],
    );
    assert.match(rollout.gate.join('\n'), /100% of those that have decided are well\n.*held for 1h/s);
    const actions = rollout.actions.map(({ intent, open, command }: Record<string, unknown>) => [
      intent,
      open,
      command,
    ]);
    assert.deepEqual(actions, [
      ['promote-rollout', false, 'towline rollout promote r1'],
      ['pause-rollout', false, 'towline rollout pause r1'],
      ['resume-rollout', true, 'towline rollout resume r1'],
      ['abort-rollout', true, 'towline rollout abort r1'],
    ]);
    assert.equal((await asked.ask('alice', '/rollouts/web/r1?state=absent')).devicesTotal, 1);
    await assert.rejects(asked.ask('alice', '/rollouts/web/r2'), { code: 'PORTAL_NOT_FOUND' });
  });

  test('for the person at the site: releases that may come, what each requires, and whether it is there', async () => {
    const { upgrades, support } = await asked.ask('alice', '/upgrades?device=pump-00011');
    assert.equal(support.name, 'ACME help desk');
    const [{ running, options }] = upgrades;
    assert.equal(running, '1.0.0');
    assert.deepEqual(options.map(({ version }: { version: string }) => version).sort(), ['1.1.0', '1.2.0']);
    const quieter = options.find(({ version }: { version: string }) => version === '1.2.0');
    assert.equal(quieter.notes, 'quieter');
    assert.deepEqual(
      quieter.requirements.map(({ met }: { met: string }) => met),
      ['yes', 'no'],
    );
    assert.match(quieter.requirements[1].why, /1 GiB of memory, 4GiB is wanted/);
  });

  test('the audit log is told backwards and page by page; a line that was changed is noticed', async () => {
    let place = chainStart('acme');
    const lines = Array.from({ length: 7 }, (_, at) => {
      const facts = {
        time: new Date(Date.now() - (7 - at) * 1000).toISOString(),
        type: at % 2 === 0 ? 'login' : 'push',
        what: `w${at}`,
        person: 'alice',
      };
      const chained = chainedLine(place, facts);
      place = chained;
      return chained.line;
    });
    const write = (texts: readonly string[]) => {
      const pieces = new Map([
        ['2026/11/29-1.ndjson', `${texts.slice(0, 4).join('\n')}\n`],
        ['2026/11/30-5.ndjson', `${texts.slice(4).join('\n')}\n`],
      ]);
      fleet.auditTip = fleet.telemetry.commit({
        files: pieces,
        parents: [],
        message: 'audit\n',
        timeSec: 1_800_000_000,
      });
    };
    write(lines);
    const first = await asked.ask('alice', '/audit?limit=4');
    assert.deepEqual(
      first.entries.map(({ seq }: { seq: number }) => seq),
      [7, 6, 5, 4],
    );
    const second = await asked.ask('alice', `/audit?limit=4&before=${first.before}`);
    assert.deepEqual(
      second.entries.map(({ seq }: { seq: number }) => seq),
      [3, 2, 1],
    );
    assert.deepEqual([second.verified, second.before], ['chain', undefined]);
    assert.deepEqual(
      (await asked.ask('alice', '/audit?type=push')).entries.map(({ what }: { what: string }) => what),
      ['w5', 'w3', 'w1'],
    );
    write(lines.map(line => line.replace('"w3"', '"w9"')));
    assert.equal((await asked.ask('alice', '/audit')).verified, 'none');
  });

  test('the box jumps to whatever has such a name', async () => {
    const hits = async (q: string) =>
      (await asked.ask('alice', `/jump?q=${q}`)).hits.map(({ kind, path }: Record<string, string>) => [
        kind,
        path,
      ]);
    assert.deepEqual((await hits('pump-00011'))[0], ['device', '/devices/pump-00011']);
    assert.deepEqual(await hits('1.2.0'), [['release', '/apps/web/releases/1.2.0']]);
    assert.deepEqual(await hits('web/r1'), [['rollout', '/rollouts/web/r1']]);
    assert.deepEqual(await hits('alic'), [['person', '/people']]);
    assert.deepEqual(await hits('enrol'), [['screen', '/enrolments']]);
    assert.equal((await hits((fleet.seen?.commit ?? '').slice(0, 8)))[0][0], 'commit');
    assert.equal((await hits('pump')).length, 12);
  });
});
