/** Projects that run in no common way, taken over as they are; and two folders that are one project. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adopted, containersOf, reasonsOf, standing } from './adopted.ts';

test('what is paused goes on, what never started or is to run starts, what has ended well stays so, what crashes is left to crash: the same containers', async () => {
  const crashing = ['/bin/sh', '-c', 'sleep 1; exit 3'];
  await using made = await adopted({
    'compose.yaml': [
      'services:',
      ...['paused', 'done'].map(name => `  ${name}: {image: IMAGE_WORKER}`),
      '  stopped: {image: IMAGE_WORKER, restart: unless-stopped}',
      `  again: {image: IMAGE_WORKER, restart: always, command: ${JSON.stringify(crashing)}}`,
      '  never: {image: IMAGE_WORKER}',
      '',
    ].join('\n'),
  });
  const { rig, project } = made;
  const id = async (service: string) => (await rig.inspect(`${rig.project}-${service}-1`)).Id;
  const ids = await Promise.all(['paused', 'stopped', 'never', 'again', 'done'].map(id));
  await project.compose('2.40', 'pause', 'paused');
  await project.compose('2.40', 'stop', 'stopped', 'done');
  await project.compose('2.40', 'rm', '-sf', 'never');
  await project.compose('2.40', 'create', 'never');
  const never = await id('never');
  const { outcome, plan } = await rig.pass([
    {
      ...project.app(),
      update: { ...project.app().update, healthTimeoutMs: 60_000, stablePeriodMs: 10_000 },
    },
  ]);
  const [told] = outcome.projects;
  assert.match(told?.message ?? '', /again/);
  assert.equal(told?.state, 'failed', JSON.stringify(outcome));
  assert.deepEqual(
    plan.steps
      .flatMap(step =>
        'service' in step && step.kind !== 'wait-service' ? [`${step.kind} ${step.service}`] : [],
      )
      .sort(),
    ['start-container never', 'start-container stopped', 'unpause-container paused'],
  );
  const now = await Promise.all(['paused', 'stopped', 'never', 'again', 'done'].map(id));
  assert.deepEqual(
    now,
    ids.map((one, at) => (at === 2 ? never : one)),
  );
});

// Cosmos #435: what is imported is merged with what is called the same.
test('two folders of one project: what the one has is taken over, what the other has is left', async () => {
  await using made = await adopted({
    'compose.yaml': 'services:\n  web: {image: IMAGE_WORKER}\n  side: {image: IMAGE_WORKER}\n',
  });
  await using other = await adopted({ 'compose.yaml': 'services:\n  cron: {image: IMAGE_WORKER}\n' });
  const { rig, project } = made;
  await other.project.compose('2.40', '-p', rig.project, 'up', '-d');
  const before = await standing(rig);
  assert.equal(before.length, 3);
  const { outcome, reasons } = await rig.pass([project.app()]);
  assert.deepEqual(reasonsOf(reasons), []);
  assert.match(
    outcome.projects[0]?.message ?? '',
    /-cron-1, of service cron that the app does not name, is left/,
  );
  assert.deepEqual(await standing(rig), before);
});

test('an app that is taken from the device in the middle of its first adoption leaves docker compose’s container, which `up -d` starts again', async () => {
  await using made = await adopted({
    'compose.yaml':
      'services:\n  web: {image: IMAGE_WORKER, restart: always, volumes: ["data:/data"]}\nvolumes: {data: {}}\n',
  });
  const { rig, project } = made;
  const { Id } = await rig.inspect(`${rig.project}-web-1`);
  const app = project.app(({ services: { web }, ...model }) => ({
    ...model,
    services: { web: { ...web, environment: { LEVEL: 'debug' } } },
  }));
  const killer = new AbortController();
  const around = async ({ kind }: { readonly kind: string }, run: () => Promise<void>) => {
    killer.signal.throwIfAborted();
    await run();
    if (kind === 'start-container') killer.abort(new Error('killed'));
  };
  await assert.rejects(rig.pass([app], { signal: killer.signal, around }), /killed/);
  rig.restart();
  await rig.pass([]);
  const [left, ...more] = await containersOf(rig);
  assert.deepEqual([left?.Id, left?.State, more], [Id, 'exited', []]);
  await project.compose('2.40', 'up', '-d');
  const [back, ...others] = await containersOf(rig);
  assert.deepEqual([back?.Id, back?.State, others], [Id, 'running', []]);
});
