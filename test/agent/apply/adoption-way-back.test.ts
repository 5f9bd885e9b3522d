/** The first adoption of an app, in which something differs and fails: what docker compose had started runs again, as it ran. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceModel } from '../../../core/compose/value/model.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { isLong } from '../../rig/every.ts';
import { adopted, containersOf } from './adopted.ts';
import type { ComposeProject, ComposeVersion } from './compose-project.ts';

const files = {
  'compose.yaml': [
    'services:',
    '  web: {image: IMAGE_WORKER, restart: "on-failure:3", volumes: ["data:/data", /own]}',
    '  side: {image: IMAGE_WORKER, restart: always, network_mode: "service:web"}',
    '  done: {image: IMAGE_ONCE}',
    '  alone: {image: IMAGE_WORKER}',
    'volumes: {data: {}}',
    '',
  ].join('\n'),
};

/** Some services otherwise. */
function appOf(
  project: ComposeProject,
  change: Partial<ServiceModel>,
  update: Partial<DesiredProject['update']> = {},
): DesiredProject {
  const app = project.app(model => ({
    ...model,
    services: {
      ...model.services,
      web: { ...model.services.web, ...change },
      done: { ...model.services.done, environment: { LEVEL: 'debug' } },
    },
  }));
  return { ...app, update: { ...app.update, ...update } };
}

/** With `done` done. */
async function started(version: ComposeVersion = '2.40') {
  const made = await adopted(files, version);
  for (;;) {
    const { Id = '' } =
      (await containersOf(made.rig)).find(({ Names: [name] }) => name?.includes('done')) ?? {};
    if ((await made.rig.inspect(Id)).State.Status === 'exited') return made;
  }
}

/** Each container as a person would see it. */
async function seen(rig: DeviceRig): Promise<string[]> {
  const all = (await containersOf(rig)).map(async ({ Id, Names: [name] }) => {
    const { State, HostConfig } = await rig.inspect(Id);
    const { Name, MaximumRetryCount } = HostConfig.RestartPolicy ?? {};
    return [name, Id, State.Status, Name || 'no', MaximumRetryCount].join(' ');
  });
  return (await Promise.all(all)).sort();
}

async function writeOwn(rig: DeviceRig, name: string): Promise<void> {
  const { Id } = await rig.inspect(name);
  const said = 'echo kept > /data/file; echo own > /own/file; echo layer > /layer';
  assert.equal(await rig.exec(Id, ['/bin/sh', '-c', said]), 0);
}

async function assertOwn(rig: DeviceRig, name: string): Promise<void> {
  const { Id } = await rig.inspect(name);
  const has = 'test "$(cat /data/file /own/file /layer)" = "kept\nown\nlayer"';
  assert.equal(await rig.exec(Id, ['/bin/sh', '-c', has]), 0);
}

const versions: readonly ComposeVersion[] = isLong ? ['2.40', '1.29'] : ['2.40'];
const changes: readonly Partial<ServiceModel>[] = [
  { command: ['/bin/sh', '-c', 'echo the new one says no; exit 3'] },
  { command: ['/no/such'] },
  { healthcheck: { test: ['CMD', '/bin/false'], interval: '1s', retries: 1 } },
];

for (const version of versions)
  test(`what docker compose ${version} had started runs again where the changed part does not get well, the same containers`, async () => {
    await using made = await started(version);
    const { rig, project } = made;
    const name = version === '1.29' ? `${rig.project}_web_1` : `${rig.project}-web-1`;
    await writeOwn(rig, name);
    const before = await seen(rig);
    assert.equal(before.length, 4);
    for (const change of isLong ? changes : changes.slice(0, 1)) {
      // What crashes at once lives longer on a busy machine.
      const app = appOf(project, change, { stablePeriodMs: 10_000 });
      const { outcome } = await rig.pass([app]);
      const [told] = outcome.projects;
      assert.equal(told?.state, 'failed', JSON.stringify(outcome));
      assert.match(told?.message ?? '', /; what docker compose had made runs again$/);
      assert.deepEqual(await seen(rig), before, JSON.stringify(change));
      await assertOwn(rig, name);
      rig.restart();
      const again = await rig.pass([app]);
      assert.deepEqual(again.reasons, []);
      assert.match(again.outcome.projects[0]?.message ?? '', /set aside .* runs again$/);
    }
    assert.match(await project.compose(version, 'ps'), /web/);
    // Nothing is wrong with what runs.
    const taken = await rig.pass([project.app()]);
    assert.equal(taken.outcome.projects[0]?.state, 'healthy', JSON.stringify(taken.outcome));
    assert.deepEqual(await seen(rig), before);
    await project.compose(version, 'down');
    assert.deepEqual(await containersOf(rig), []);
  });

test('while the changed part is tried, no engine that starts anew brings the old one back; once it is well, it is gone', async () => {
  await using made = await started();
  const { rig, project } = made;
  await writeOwn(rig, `${rig.project}-web-1`);
  const tried: string[] = [];
  const app = appOf(project, { environment: { LEVEL: 'debug' } }, { strategy: 'handover' });
  const { outcome } = await rig.pass([app], {
    around: async (step, run) => {
      if (step.kind === 'wait-healthy') tried.push(...(await seen(rig)));
      await run();
    },
  });
  assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
  const kept = tried.filter(line => line.includes('_kept.'));
  assert.deepEqual(
    kept.map(line => line.replace(/[0-9a-f]{12,64}/g, 'ID').replaceAll(rig.project, 'P')).sort(),
    [
      '/ID_kept.always.0.up_P-side-1 ID exited no 0',
      '/ID_kept.no.0.down_P-done-1 ID exited no 0',
      '/ID_kept.on-failure.3.up_P-web-1 ID exited no 0',
    ],
  );
  const now = await seen(rig);
  assert.equal(now.length, 4);
  assert.deepEqual(
    now.filter(line => line.includes('_kept.')),
    [],
  );
  assert.deepEqual((await rig.plan([app])).steps, []);
});

test('a state that cannot be tried yet leaves what runs running, and what was stopped for it comes back', async () => {
  await using made = await started();
  const { rig, project } = made;
  const before = await seen(rig);
  const app = appOf(project, { environment: { LEVEL: 'debug' } });
  let isBroken = false;
  const { outcome } = await rig.pass([app], {
    around: async (step, run) => {
      await run();
      if (step.kind !== 'stop-container' || isBroken) return;
      isBroken = true;
      throw new Error('the disk broke');
    },
  });
  assert.equal(outcome.projects[0]?.state, 'failed', JSON.stringify(outcome));
  assert.deepEqual(await seen(rig), before);
});
