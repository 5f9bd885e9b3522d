/** A person who reads some devices is told of these and of no other, by any endpoint. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chainedLine, chainStart } from '../../../core/audit/audit-entry.ts';
import { operatorText } from '../../../lab/rig/portal-files.ts';
import { PortalFleet } from '../../../lab/rig/portal-fleet.ts';
import { rolloutText } from '../../core/rollout/rolling-fleet.ts';
import { AskedModel, paths } from './asked-model.ts';

const [own, other] = ['pump-00003', 'pump-00004'];
/** Each in the words of whatever could tell of another device. */
const addresses = [
  '/me',
  '/overview',
  '/devices?limit=500',
  `/devices?q=${other}`,
  '/devices?sort=outcome&need=failed',
  `/devices/${own}`,
  `/devices/${own}/timeline?limit=100`,
  `/devices/${own}/logs?since=1d`,
  `/devices/${own}/metrics?from=1d`,
  '/apps',
  '/apps/web',
  '/apps/web/releases/1.0.0',
  '/apps/web/releases/1.1.0',
  '/rollouts',
  '/rollouts/web/r1?limit=1000',
  '/upgrades?limit=100',
  '/audit?limit=500',
  '/enrolments',
  '/jump?q=pump',
  `/jump?q=${other}`,
];

describe('a person who reads the devices of one site', () => {
  let fleet: PortalFleet;
  let asked: AskedModel;
  before(async () => {
    const stages = ['name: canary, select: { groups: [canary] }', 'name: all, select: { all: true }'];
    fleet = await PortalFleet.make({
      size: 60,
      files: {
        'operators/alice.yaml': operatorText({ git: { fleet: 'write', telemetry: 'read' } }),
        'operators/site.yaml': operatorText({ reads: [{ labels: { site: 'site-3' } }] }),
        'operators/files.yaml': operatorText({ git: { fleet: 'read' } }),
        'operators/nobody.yaml': operatorText({}),
      },
    });
    await fleet.commit(
      {
        'rollouts/web/r1.yaml': rolloutText(stages, {
          ...{ stage: 2, since: new Date(Date.now() - 3_600_000).toISOString(), paused: true },
          reason: `1 of 12 failed: ${other} (rolled back)`,
        }),
      },
      `${other} gets its own`,
    );
    for (const id of fleet.ids) fleet.say(id, id === other ? { outcome: 'failed' } : {});
    let place = chainStart('acme');
    const lines = [own, other].map((device, at) => {
      const facts = {
        time: new Date(Date.now() + at).toISOString(),
        type: 'session',
        what: 'enter',
        device,
        from: '192.0.2.7',
      };
      const chained = chainedLine(place, facts);
      place = chained;
      return `${chained.line}\n`;
    });
    fleet.auditTip = fleet.telemetry.commit({
      files: new Map([['2026/11/30-1.ndjson', lines.join('')]]),
      ...{ parents: [], message: 'audit\n', timeSec: 1_800_000_000 },
    });
    asked = await AskedModel.open(fleet);
  });
  after(async () => await asked[Symbol.asyncDispose]());

  const refusal = async (who: string, address: string): Promise<string> => {
    const error: unknown = await asked.text(who, address).then(
      text => new Error(`an answer: ${text.slice(0, 200)}`),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Error);
    return `${'code' in error ? String(error.code) : ''} ${error.message}`;
  };

  test('each endpoint that there is is asked', () => {
    const templates = Object.keys(paths).filter(path => asked.routes.some(route => route.path === path));
    const isAsked = (template: string) =>
      addresses.some(address =>
        asked.routes.find(({ path }) => path === template)?.matches(address.replace(/\?.*/, '')),
      );
    const forReadersOfFiles = [
      '/devices/{device}/plan',
      '/devices/{device}/values',
      '/people',
      '/apps/{app}/releases/{version}/diff',
    ];
    assert.deepEqual(templates.filter(template => !isAsked(template)).sort(), forReadersOfFiles.sort());
  });

  for (const address of addresses) {
    test(`ids of others appear nowhere in ${address}`, async () => {
      const text = await asked.text('site', address);
      const found = new Set(text.match(/pump-\d{5}/g));
      assert.deepEqual(
        [...found].filter(id => Number(id.slice(5)) % 50 !== 3),
        [],
      );
      assert.doesNotMatch(text, /192\.0\.2\.7/);
    });
  }

  test('counts are of their devices alone', async () => {
    const overview = await asked.ask('site', '/overview');
    assert.deepEqual([overview.sentence.devices, overview.counts], [2, { unchanged: 2 }]);
    const [rollout] = (await asked.ask('site', '/rollouts')).rollouts;
    const sizes = rollout.stages.map(({ devices, states }: Record<string, unknown>) => [devices, states]);
    assert.deepEqual([rollout.devices, rollout.failed, rollout.reason], [2, 0, undefined]);
    assert.deepEqual(
      sizes.map(([devices]: [number]) => devices),
      [0, 2],
    );
    const app = await asked.ask('site', '/apps/web');
    assert.deepEqual(
      app.releases.flatMap(({ wanted, running }: Record<string, number>) => [wanted, running]).sort(),
      [0, 0, 2, 2],
    );
    assert.equal((await asked.ask('alice', '/rollouts')).rollouts[0].devices, 60);
  });

  test('rollouts of others have no name for them, and main that is not trusted names no file', async () => {
    const hidden = 'rollouts/web/r2-of-others.yaml';
    const stages = [`name: one, select: { devices: [${other}] }`];
    await fleet.commit({ [hidden]: rolloutText(stages, { from: ['0.9.0'], stage: 0 }) });
    const { seen } = fleet;
    assert.ok(seen !== undefined);
    const message = `devices/04/${other}.yaml is signed by nobody`;
    const path = fleet.pathOf(other);
    fleet.seen = {
      ...seen,
      stopped: { code: 'TRUST_UNSIGNED', message, commit: seen.commit, path, missing: [], vouched: [] },
    };
    assert.match(await asked.text('files', '/apps'), /r2-of-others/);
    assert.match(await asked.text('files', '/overview'), new RegExp(message));
    for (const address of addresses) {
      const text = await asked.text('site', address);
      assert.doesNotMatch(text, /r2-of-others/, address);
      assert.doesNotMatch(text, new RegExp(other), address);
    }
    const { stopped } = await asked.ask('site', '/overview');
    assert.equal(stopped.code, 'TRUST_UNSIGNED');
    fleet.seen = seen;
    await fleet.commit({ [hidden]: null });
  });

  test('another’s device, one that there is not, and what can be no id have one answer', async () => {
    for (const below of ['', '/plan', '/values', '/timeline', '/logs', '/metrics']) {
      const answers = await Promise.all(
        [other, 'pump-99999', 'no-such-thing'].map(id => refusal('site', `/devices/${id}${below}`)),
      );
      assert.deepEqual([...new Set(answers)], ['PORTAL_NOT_FOUND there is no such device']);
    }
    for (const id of ['..', 'A', '%2e%2e', 'pump_1', 'a'.repeat(80)])
      assert.equal(
        asked.routes.some(route => route.matches(`/devices/${id}`)),
        false,
        id,
      );
  });

  test('files are for who reads the repository: their plan, values and people are not there', async () => {
    for (const address of [
      `/devices/${own}/plan`,
      `/devices/${own}/values`,
      '/people',
      '/apps/web/releases/1.1.0/diff?from=1.0.0',
    ])
      assert.match(await refusal('site', address), /^PORTAL_NOT_FOUND /);
  });

  test('whom nothing is given is told of nothing', async () => {
    const overview = await asked.ask('nobody', '/overview');
    assert.deepEqual(
      [overview.sentence, overview.needs, overview.rollouts],
      [{ devices: 0, needs: 0 }, [], []],
    );
    for (const address of [
      '/devices',
      '/apps',
      '/rollouts',
      '/upgrades',
      '/audit',
      '/enrolments',
      '/jump?q=p',
    ])
      assert.doesNotMatch(await asked.text('nobody', address), /pump-\d|"web"|web\//, address);
  });

  test('who reads files alone sees each device, and nothing of what one says', async () => {
    const { rows } = await asked.ask('files', '/devices?limit=500');
    assert.equal(rows.length, 60);
    assert.deepEqual([...new Set(rows.flatMap(Object.keys))].sort(), ['id', 's', 'w']);
    assert.deepEqual([...new Set(rows.map(({ s }: { s: string }) => s))], ['not yours']);
    assert.equal((await asked.ask('files', '/devices?standing=failed')).total, 0);
    assert.equal((await asked.ask('files', '/devices?need=failed')).total, 0);
    const device = await asked.ask('files', `/devices/${other}`);
    assert.deepEqual(
      [device.reads, device.standing, device.why, device.report],
      [false, 'not yours', [], undefined],
    );
    const { entries } = await asked.ask('files', `/devices/${other}/timeline`);
    assert.deepEqual([...new Set(entries.map(({ kind }: { kind: string }) => kind))], ['commit']);
    for (const below of ['/logs', '/metrics'])
      assert.equal(
        await refusal('files', `/devices/${other}${below}`),
        'PORTAL_NOT_FOUND there is no such device',
      );
    const rollout = await asked.ask('files', '/rollouts/web/r1');
    assert.deepEqual([rollout.devices, rollout.row.devices], [[], 0]);
    assert.deepEqual((await asked.ask('files', '/apps/web/releases/1.0.0')).runsCount, {});
  });

  test('a right that is taken away counts at once', async () => {
    const viewer = fleet.viewer('site');
    assert.equal((await asked.ask(viewer, '/devices')).total, 2);
    const path = 'operators/site.yaml';
    const text = fleet.files.get(path) ?? '';
    await fleet.commit({ [path]: operatorText({ reads: [{ labels: { site: 'site-5' } }] }) });
    assert.deepEqual(
      (await asked.ask(viewer, '/devices')).rows.map(({ id }: { id: string }) => id),
      ['pump-00005', 'pump-00055'],
    );
    await fleet.commit({ [path]: text });
  });
});
