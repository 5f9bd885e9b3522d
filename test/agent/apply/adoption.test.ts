/** A project that docker compose runs becomes an app: what is equal is not touched, what differs is planned before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComposeModel, ServiceModel } from '../../../core/compose/value/model.ts';
import { adopted, assertTakenOver, containersOf, reasonsOf, standing } from './adopted.ts';

for (const name of ['shop', 'volumes'])
  test(`${name}, as docker compose 2.40 has started it, is taken over and nothing restarts`, () =>
    assertTakenOver(name, '2.40'));

/** One service otherwise. */
const other =
  (service: string, change: Partial<ServiceModel>) =>
  (model: ComposeModel): ComposeModel => ({
    ...model,
    services: { ...model.services, [service]: { ...model.services[service], ...change } },
  });

const two = {
  'compose.yaml':
    'services:\n  web: {image: IMAGE_WORKER, volumes: ["data:/data"]}\n  side: {image: IMAGE_WORKER}\nvolumes: {data: {}}\n',
};

test('what differs is planned with its reason; the other container runs on, the volume keeps its data', async () => {
  await using made = await adopted(two);
  const { rig, project } = made;
  const id = async (service: string) => (await rig.inspect(`${rig.project}-${service}-1`)).Id;
  const [web, side] = [await id('web'), await id('side')];
  await rig.exec(web, ['/bin/sh', '-c', 'echo kept > /data/file']);
  const app = project.app(other('web', { environment: { LEVEL: 'debug' } }));
  const planned = (await rig.plan([app])).steps.filter(({ kind }) => kind === 'create-container');
  assert.deepEqual(
    planned.map(step => ('service' in step ? [step.service, step.reason] : [])),
    [['web', 'docker compose made it otherwise: environment LEVEL']],
  );
  const { outcome } = await rig.pass([app]);
  assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
  assert.deepEqual([(await id('web')) !== web, await id('side')], [true, side]);
  assert.equal(await rig.exec(await id('web'), ['/bin/sh', '-c', 'test "$(cat /data/file)" = kept']), 0);
  assert.deepEqual((await rig.plan([app])).steps, []);
  // A release that fails goes back to what was adopted.
  const bad = await rig.pass([project.app(other('web', { command: ['/no/such'] }))]);
  assert.equal(bad.outcome.projects[0]?.state, 'rolled-back', JSON.stringify(bad.outcome));
  assert.deepEqual([await id('side'), (await rig.inspect(await id('web'))).State.Status], [side, 'running']);
});

test('what the device does not name is refused, and what the app does not name is listed and never removed', async () => {
  await using made = await adopted(two);
  const { rig, project } = made;
  const before = await standing(rig);
  rig.adopt = ['another'];
  const refused = await rig.pass([project.app()]);
  assert.deepEqual([refused.outcome.projects[0]?.code, refused.plan.steps], ['ENGINE_ADOPT_REFUSED', []]);
  rig.adopt = [rig.project];
  const app = project.app(({ services: { web = {} }, ...model }) => ({ ...model, services: { web } }));
  const { outcome } = await rig.pass([app]);
  assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
  assert.match(
    outcome.projects[0]?.message ?? '',
    /side-1, of service side that the app does not name, is left/,
  );
  assert.deepEqual(await standing(rig), before);
  await rig.pass([]);
  const left = await containersOf(rig);
  assert.deepEqual(
    left.map(({ Names, State }) => [Names[0], State]),
    [[`/${rig.project}-side-1`, 'running']],
  );
  const { volumes, networks } = await rig.observe([]);
  assert.ok(volumes.some(({ name }) => name === `${rig.project}_data`));
  assert.ok(networks.some(({ name }) => name === `${rig.project}_default`));
});

test('a folder with data is not given up for an empty one of the same name: nothing is touched', async () => {
  await using made = await adopted({
    'compose.yaml': 'services:\n  web: {image: IMAGE_WORKER, volumes: ["./data:/data"]}\n',
  });
  const { rig, project } = made;
  const before = await standing(rig);
  const { outcome } = await rig.pass([project.app()]);
  assert.equal(outcome.projects[0]?.code, 'ENGINE_ADOPT_REFUSED');
  assert.match(outcome.projects[0]?.message ?? '', /\/data holds \/tmp\/towline-adopted-\w+\/data now/);
  assert.deepEqual(await standing(rig), before);
});

test('a file that the repository has otherwise makes its container anew; what the device remembers may be lost', async () => {
  await using made = await adopted('volumes');
  const { rig, project } = made;
  await rig.pass([project.app()]);
  await rig.store.forget(rig.project);
  rig.restart();
  const steady = await rig.pass([project.app()]);
  assert.deepEqual(reasonsOf(steady.reasons), []);
  project.change(() => 'listen 9090\n', 'conf/site.conf');
  // docker compose has it mounted: what is in the folder is what runs.
  assert.deepEqual(reasonsOf((await rig.pass([project.app()])).reasons), []);
  const app = project.app();
  const bytes = Buffer.from('listen 7070\n');
  const files = new Map(app.files).set('conf/site.conf', { mode: 0o100644, bytes, sha256: '0' });
  const { steps } = await rig.plan([{ ...app, files, digest: 'sha256:other' }]);
  assert.deepEqual(
    steps.filter(({ kind }) => kind === 'create-container').map(({ reason }) => reason),
    ['docker compose made it otherwise: file conf/site.conf'],
  );
});
