/** Cases 1 to 5, 9, 12, 13 of the compose brief: what an update does, and what it must not. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

test('a one-shot that exited 0 is not run again', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: {
      migrate: { image: images.once },
      app: worker({
        depends_on: { migrate: { condition: 'service_completed_successfully', required: true } },
      }),
    },
  });
  const first = await rig.pass([project]);
  assert.equal(first.outcome.outcome, 'applied', JSON.stringify(first.outcome));
  const { State: ended } = await rig.inspect(`${rig.project}-migrate-1`);
  assert.equal(ended.ExitCode, 0);
  const second = await rig.pass([project]);
  assert.deepEqual(second.reasons, []);
  assert.equal((await rig.inspect(`${rig.project}-migrate-1`)).State.StartedAt, ended.StartedAt);
});

test('changed content of a config, a secret or a mounted file recreates what sees it and nothing else', async () => {
  await using rig = await DeviceRig.start();
  const make = (config: string, secret: string, file: string) =>
    makeProject(rig.project, {
      services: {
        configured: worker({ configs: [{ source: 'app', target: '/etc/app.conf' }] }),
        trusted: worker({ secrets: [{ source: 'token', target: '/run/secrets/token' }] }),
        mounted: worker({
          volumes: [{ type: 'bind', source: '/project/conf/nginx.conf', target: '/etc/n.conf' }],
        }),
      },
      configs: { app: { content: config } },
      secrets: { token: { content: secret } },
      files: { 'conf/nginx.conf': file },
    });
  assert.equal((await rig.pass([make('a', 's', 'f')])).outcome.outcome, 'applied');
  assert.equal(
    await rig.exec(`${rig.project}-configured-1`, ['/bin/sh', '-c', 'test "$(cat /etc/app.conf)" = a']),
    0,
  );
  const changed = await rig.pass([make('b', 's', 'f')]);
  assert.deepEqual(
    changed.plan.steps
      .filter(({ kind }) => kind === 'create-container')
      .map(step => [step.kind, step.reason]),
    [['create-container', 'config file app changed']],
  );
  assert.equal(
    await rig.exec(`${rig.project}-configured-1`, ['/bin/sh', '-c', 'test "$(cat /etc/app.conf)" = b']),
    0,
  );
  const secret = await rig.plan([make('b', 't', 'f')]);
  assert.deepEqual(
    secret.steps.filter(({ kind }) => kind === 'create-container').map(({ reason }) => reason),
    ['secret token changed'],
  );
  const file = await rig.plan([make('b', 's', 'g')]);
  assert.deepEqual(
    file.steps.filter(({ kind }) => kind === 'create-container').map(({ reason }) => reason),
    ['file conf/nginx.conf changed'],
  );
});

test('a bad command in an update brings the old container back, and the digest is set aside', async () => {
  await using rig = await DeviceRig.start();
  const good = makeProject(rig.project, { services: { app: worker() } });
  const bad = makeProject(rig.project, { services: { app: worker({ command: ['/no/such/program'] }) } });
  await rig.pass([good]);
  const result = await rig.pass([bad]);
  assert.equal(result.outcome.outcome, 'rolled-back', JSON.stringify(result.outcome));
  assert.equal(result.outcome.projects[0]?.setAside, bad.digest);
  assert.equal(result.outcome.projects[0]?.digest, good.digest);
  assert.match(result.outcome.projects[0]?.message ?? '', /no such file or directory/);
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  assert.equal((await rig.containers()).length, 1);
  rig.restart();
  const again = await rig.pass([bad]);
  assert.deepEqual(again.reasons, []);
  assert.equal(again.outcome.outcome, 'rolled-back');
  const other = await rig.pass([
    makeProject(rig.project, { services: { app: worker({ labels: { next: '1' } }) } }),
  ]);
  assert.equal(other.outcome.outcome, 'applied');
});

test('what failed is not tried again after something else has failed, too: the good one is not touched for it', async () => {
  await using rig = await DeviceRig.start();
  const good = makeProject(rig.project, { services: { app: worker() } });
  const bad = (program: string) =>
    makeProject(rig.project, { services: { app: worker({ command: [program] }) } });
  await rig.pass([good]);
  for (const program of ['/no/two', '/no/three']) {
    assert.equal((await rig.pass([bad(program)])).outcome.outcome, 'rolled-back');
  }
  const before = await rig.inspect(`${rig.project}-app-1`);
  rig.restart();
  const { reasons, outcome } = await rig.pass([bad('/no/two')]);
  assert.deepEqual(reasons, []);
  const [said] = outcome.projects;
  assert.deepEqual([said?.state, said?.setAside], ['rolled-back', bad('/no/two').digest]);
  assert.match(said?.message ?? '', /set aside after it failed here: .*\/no\/two/);
  const now = await rig.inspect(`${rig.project}-app-1`);
  assert.deepEqual([now.Id, now.State.StartedAt], [before.Id, before.State.StartedAt]);
});

for (const strategy of ['recreate', 'stop-first'] as const) {
  test(`with ${strategy}, when the new version is unhealthy all services that changed go back`, async () => {
    await using rig = await DeviceRig.start();
    const make = (image: string, level: string) =>
      makeProject(rig.project, {
        services: {
          web: { image, restart: 'always' },
          side: worker({ environment: { LEVEL: level } }),
          still: worker(),
        },
        update: { strategy },
      });
    await rig.pass([make(images.web, 'info')]);
    const still = await rig.inspect(`${rig.project}-still-1`);
    const result = await rig.pass([make(images.unhealthy, 'debug')]);
    assert.equal(result.outcome.outcome, 'rolled-back');
    assert.match(result.outcome.projects[0]?.message ?? '', /web is unhealthy/);
    const names = (await rig.containers()).map(({ Names, Image }) => [Names[0], Image]).sort();
    assert.deepEqual(names, [
      [`/${rig.project}-side-1`, images.worker],
      [`/${rig.project}-still-1`, images.worker],
      [`/${rig.project}-web-1`, images.web],
    ]);
    assert.equal(await rig.exec(`${rig.project}-side-1`, ['/bin/sh', '-c', 'test "$LEVEL" = info']), 0);
    assert.equal((await rig.inspect(`${rig.project}-still-1`)).Id, still.Id);
  });
}

test('a dependency that never gets healthy is an error within its time', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: {
      db: worker({ healthcheck: { test: ['CMD', '/bin/false'], interval: '1h', retries: 3 } }),
      app: worker({ depends_on: { db: { condition: 'service_healthy', required: true } } }),
    },
    update: { healthTimeoutMs: 1500 },
  });
  const startMs = performance.now();
  const { outcome } = await rig.pass([project]);
  assert.ok(performance.now() - startMs < 30_000);
  assert.equal(outcome.outcome, 'failed');
  assert.equal(outcome.projects[0]?.code, 'ENGINE_DEPENDENCY_FAILED');
});

test('the same tag with a new image id recreates the container', async () => {
  await using rig = await DeviceRig.start();
  const tag = `towline-test/${rig.project}:latest`;
  await rig.images.build(tag, 'worker', '1');
  const project = makeProject(rig.project, { services: { app: worker({ image: tag }) } });
  await rig.pass([project]);
  await rig.images.build(tag, 'worker', '2');
  const { plan, outcome } = await rig.pass([project]);
  assert.match(plan.steps[0]?.reason ?? '', /is another one now/);
  assert.equal(outcome.outcome, 'applied');
  assert.equal(
    await rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', 'test "$(cat /www/version)" = 2']),
    0,
  );
  assert.deepEqual((await rig.plan([project])).steps, []);
  await rig[Symbol.asyncDispose]();
  await rig.delete(`/images/${tag}`);
});

test('a host port taken by a foreign process does not lose the old service', async () => {
  await using rig = await DeviceRig.start();
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const published = {
    mode: 'ingress',
    host_ip: '127.0.0.1',
    target: 80,
    published: String(port),
    protocol: 'tcp',
  };
  await rig.pass([makeProject(rig.project, { services: { app: worker() } })]);
  const { outcome } = await rig.pass([
    makeProject(rig.project, { services: { app: worker({ ports: [published] }) } }),
  ]);
  server.close();
  assert.equal(outcome.outcome, 'rolled-back');
  assert.match(outcome.projects[0]?.message ?? '', /address already in use/);
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
});

test('a port moves from one service to another in one update, and two ports are swapped', async () => {
  await using rig = await DeviceRig.start();
  const port = (number: number) => [
    { mode: 'ingress', host_ip: '127.0.0.1', target: 80, published: String(number), protocol: 'tcp' },
  ];
  const [first, second] = [20_000 + (process.pid % 10_000), 30_000 + (process.pid % 10_000)];
  const make = (a: Services[string], b: Services[string]) =>
    makeProject(rig.project, { services: { a: worker(a), b: worker(b) } });
  await rig.pass([make({ ports: port(first) }, {})]);
  const moved = await rig.pass([make({}, { ports: port(first) })]);
  assert.equal(moved.outcome.outcome, 'applied', JSON.stringify(moved.outcome));
  await rig.pass([make({ ports: port(second) }, { ports: port(first) })]);
  const swapped = await rig.pass([make({ ports: port(first) }, { ports: port(second) })]);
  assert.equal(swapped.outcome.outcome, 'applied', JSON.stringify(swapped.outcome));
  assert.deepEqual((await rig.plan([make({ ports: port(first) }, { ports: port(second) })])).steps, []);
});

test('a removed service is pruned when it bears our labels, and nothing else is', async () => {
  await using rig = await DeviceRig.start();
  const both = makeProject(rig.project, { services: { app: worker(), extra: worker() } });
  await rig.pass([both]);
  const foreign = await rig.post(
    '/containers/create',
    { name: `${rig.project}-foreign-1` },
    { Image: images.worker, Labels: { 'com.docker.compose.project': rig.project } },
  );
  const { plan } = await rig.pass([makeProject(rig.project, { services: { app: worker() } })]);
  assert.ok(
    plan.steps.some(
      ({ kind, reason }) => kind === 'remove-container' && reason === 'service extra was removed',
    ),
  );
  assert.deepEqual(
    (await rig.containers()).map(({ Names }) => Names[0]),
    [`/${rig.project}-app-1`],
  );
  assert.equal((await rig.inspect(foreign.Id)).State.Status, 'created');
  const gone = await rig.pass([]);
  assert.equal(gone.outcome.projects[0]?.state, 'removed');
  assert.deepEqual(await rig.containers(), []);
});
