/** What a device's page tells of the past: what changed it, what it said, its logs and its series. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { writeMetrics } from '../../../core/telemetry/record/metric-segment.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { operatorText } from '../../../lab/rig/portal-files.ts';
import { PortalFleet } from '../../../lab/rig/portal-fleet.ts';
import { Model } from '../../../portal/model/model.ts';
import { towline } from '../../cli/towline.ts';
import { AskedModel } from './asked-model.ts';
import { writtenRepository } from './written-repository.ts';

const device = 'pump-00001';
const container = 'a'.repeat(12);
const startMs = Date.now() - 600_000;
const timeAt = (second: number) => new Date(startMs + second * 1000).toISOString();

const logs = (first: number, texts: readonly string[]) => ({
  [segmentPath({ kind: 'logs', class: 'log', project: 'web', service: 'web', container, sequence: first })]:
    writeSegment(
      texts.map((text, at) => ({
        ...{ kind: 'log', sequence: first + at, time: timeAt(first + at), stream: 'stdout', text },
        level: text.includes('bad') ? 'error' : 'info',
      })),
    ),
});

const metrics = (first: number, count: number) => ({
  [segmentPath({ kind: 'metrics', sequence: first })]: writeMetrics([
    {
      series: [
        { name: 'host_memory_available_bytes', type: 'gauge', labels: {} },
        { name: 'container_cpu_seconds_total', type: 'counter', labels: { service: 'web' } },
      ],
      moments: Array.from({ length: count }, (_, at) => ({
        timeMs: startMs + (first + at) * 1000,
        values: [1000 + first + at, 2 * (first + at)],
      })),
    },
  ]),
});

describe('a device over time', () => {
  let fleet: PortalFleet;
  let asked: AskedModel;
  before(async () => {
    fleet = await PortalFleet.make({
      size: 4,
      files: { 'operators/alice.yaml': operatorText({ git: { fleet: 'read', telemetry: 'read' } }) },
    });
    const path = fleet.pathOf(device);
    const text = fleet.files.get(path) ?? '';
    fleet.say(device, {}, logs(1, ['one', 'two bad', '<script>alert(1)</script>']));
    await fleet.commit(
      {
        [fleet.pathOf('pump-00002')]: `${fleet.files.get(fleet.pathOf('pump-00002'))}labels2:\n`.replace(
          'labels2:\n',
          'paused: true\n',
        ),
      },
      'Another',
    );
    await fleet.commit({ [path]: `${text}apps: { web: { release: "1.1.0" } }\n` }, 'A pin');
    fleet.say(device, { outcome: 'failed' }, { ...logs(4, ['four', 'five bad']), ...metrics(1, 40) });
    fleet.say(device, { outcome: 'failed' }, metrics(41, 40));
    await fleet.commit({ [path]: text }, 'No pin any more');
    fleet.say(device, {}, logs(6, ['six']));
    asked = await AskedModel.open(fleet);
  });
  after(async () => await asked[Symbol.asyncDispose]());

  test('commits that changed it are those of towline history, with its words between them', async () => {
    const { entries } = await asked.ask('alice', `/devices/${device}/timeline?limit=100`);
    const main = await writtenRepository(fleet.main, new Map([['main', fleet.seen?.commit ?? '']]));
    const { output } = await towline(['history', device, '--repo', main.path, '--json']);
    await main.remove();
    const told = JSON.parse(output).history.map(({ commit, subject }: Record<string, string>) => [
      commit,
      subject,
    ]);
    const commits = entries.filter(({ kind }: { kind: string }) => kind === 'commit');
    assert.deepEqual(
      commits.map(({ commit, subject }: Record<string, string>) => [commit, subject]),
      told,
    );
    assert.deepEqual(
      commits.map(({ vouched }: { vouched: string }) => vouched),
      ['alice', 'alice', 'alice'],
    );
    assert.match(commits[1].changes[0].words, /^web: /);
    const said = entries.filter(({ kind }: { kind: string }) => kind === 'status');
    // What was said twice is told once: when it was first said.
    assert.deepEqual(
      said.map(({ outcome }: { outcome: string }) => outcome),
      ['unchanged', 'failed', 'unchanged'],
    );
  });

  test('page by page it is the same as all at once', async () => {
    const all = (await asked.ask('alice', `/devices/${device}/timeline?limit=100`)).entries;
    const found: { commit: string }[] = [];
    let before = '';
    for (let page = 0; page < 20; page += 1) {
      const answer = await asked.ask('alice', `/devices/${device}/timeline?limit=2${before}`);
      found.push(...answer.entries);
      if (answer.before === undefined) break;
      before = `&before=${answer.before}`;
    }
    const ids = (entries: readonly { commit: string }[]) => entries.map(({ commit }) => commit);
    assert.deepEqual(ids(found), ids(all));
    for (const bad of ['x', 'none', `${'a'.repeat(40)}-b`, 'none-none-none'])
      await assert.rejects(asked.ask('alice', `/devices/${device}/timeline?before=${bad}`), {
        code: 'PORTAL_MALFORMED',
      });
  });

  test('another device’s branch behind a cursor tells nothing: none of it is signed by this one', async () => {
    fleet.say('pump-00003', { outcome: 'degraded' });
    const tip = fleet.tips.get('pump-00003') ?? '';
    const { entries } = await asked.ask('alice', `/devices/${device}/timeline?before=none-${tip}`);
    assert.deepEqual(entries, []);
  });

  test('lines of logs are the newest, in order, once each, and found by words and level', async () => {
    const text = async (query: string) => {
      const { lines } = await asked.ask('alice', `/devices/${device}/logs?${query}`);
      return lines.map((line: { text: string }) => line.text);
    };
    assert.deepEqual(await text(''), [
      'one',
      'two bad',
      '<script>alert(1)</script>',
      'four',
      'five bad',
      'six',
    ]);
    assert.deepEqual(await text('q=BAD'), ['two bad', 'five bad']);
    assert.deepEqual(await text('level=error'), ['two bad', 'five bad']);
    assert.deepEqual(await text('service=worker'), []);
    assert.deepEqual(await text('limit=2'), ['five bad', 'six']);
    const page = await asked.ask('alice', `/devices/${device}/logs?limit=2`);
    assert.equal(page.leftOut, 4);
    assert.deepEqual(await text(`limit=2&before=${page.before}`), ['<script>alert(1)</script>', 'four']);
    assert.deepEqual(page.services, [{ app: 'web', service: 'web' }]);
    await assert.rejects(text('since=soon'), { code: 'PORTAL_MALFORMED' });
  });

  test('series are columns of one length; counters are what they add in a second; many points are few', async () => {
    const whole = await asked.ask('alice', `/devices/${device}/metrics?points=500`);
    assert.deepEqual(whole.names, ['container_cpu_seconds_total', 'host_memory_available_bytes']);
    const [times, cpu, memory] = whole.columns;
    assert.deepEqual([times.length, cpu.length, memory.length], [80, 80, 80]);
    assert.deepEqual([memory[0], memory[79]], [1001, 1080]);
    assert.deepEqual([cpu[0], cpu[1]], [null, 2]);
    assert.equal(whole.series[1].unit, 'bytes');
    const few = await asked.ask('alice', `/devices/${device}/metrics?points=10&series=host_`);
    assert.equal(few.series.length, 1);
    assert.ok(few.columns[0].length <= 10);
    assert.deepEqual(
      few.columns.map((column: unknown[]) => column.length),
      [few.columns[0].length, few.columns[0].length],
    );
  });

  test('each value has the file and the line that gave it', async () => {
    const { values } = await asked.ask('alice', `/devices/${device}/values`);
    const of = (pointer: string) => values.find((value: { pointer: string }) => value.pointer === pointer);
    const fleetLines = (fleet.files.get('fleet.yaml') ?? '').split('\n');
    const release = of('/apps/web/release');
    assert.equal(release.from, 'fleet.yaml');
    assert.match(fleetLines[release.line - 1] ?? '', /release: 1\.0\.0/);
    const site = of('/labels/site');
    assert.deepEqual([site.value, site.from, site.line], ['site-1', fleet.pathOf(device), 3]);
  });

  test('where the repository holds no older ones it says so', async () => {
    const home = asked.model.home;
    const [first] = await oldest();
    const objects = {
      read: async (id: string) => (id === first ? undefined : await fleet.telemetry.read(id)),
    };
    const model = await Model.open({ ...home, telemetry: { ...home.telemetry, objects } });
    await using cut = new AskedModel(fleet, model);
    await cut.settled();
    for (const what of ['timeline', 'logs?since=1d', 'metrics?from=1d'])
      assert.equal(
        (await cut.ask('alice', `/devices/${device}/${what}`)).cut,
        'what is older is not in this repository',
        what,
      );
    assert.equal((await asked.ask('alice', `/devices/${device}/logs?since=1d`)).cut, undefined);
  });

  /** Commits of its branch, the oldest first. */
  async function oldest(): Promise<string[]> {
    const reader = new ObjectReader(fleet.telemetry);
    const commits: string[] = [];
    for (let at = fleet.tips.get(device); at !== undefined; [at] = (await reader.commit(at)).parents)
      commits.unshift(at);
    return commits;
  }
});
