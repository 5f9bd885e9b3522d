/** The last good state that cannot be had for now: never set aside, tried again after pauses that grow. */
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });
const hourMs = 3_600_000;

/** A port of the host that a process holds until it is closed. */
async function takenPort(): Promise<{ port: number; free: () => Promise<void> }> {
  const server = net.createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, free: () => new Promise(resolve => server.close(() => resolve())) };
}

const published = (port: number) => [
  { mode: 'ingress', host_ip: '127.0.0.1', target: 80, published: String(port), protocol: 'tcp' },
];

test('the last good state is not set aside when it cannot be mended, is tried less and less often, and comes back', async () => {
  await using rig = await DeviceRig.start();
  const taken = await takenPort();
  const good = makeProject(rig.project, { services: { app: worker({ ports: published(taken.port) }) } });
  await taken.free();
  await rig.pass([good]);
  await rig.delete(`/containers/${rig.project}-app-1`);
  const thief = net.createServer().unref();
  await new Promise<void>(resolve => thief.listen(taken.port, '127.0.0.1', resolve));
  const first = await rig.pass([good]);
  assert.equal(first.outcome.projects[0]?.state, 'failed');
  assert.match(first.outcome.projects[0]?.message ?? '', /address already in use; tried again in 30 s/);
  rig.restart();
  const waiting = await rig.pass([good]);
  assert.deepEqual([waiting.reasons, waiting.outcome.projects[0]?.state], [[], 'failed']);
  assert.match(waiting.outcome.projects[0]?.message ?? '', /next try at 20/);
  rig.aheadMs = 40_000;
  await rig.pass([good]);
  const record = await rig.store.record(rig.project);
  assert.deepEqual([record.mending?.count, record.setAside, record.attempts], [2, undefined, undefined]);
  await new Promise(resolve => thief.close(resolve));
  const other = makeProject(rig.project, { services: { app: worker() } });
  assert.equal((await rig.pass([other])).outcome.outcome, 'applied', 'another state does not wait for it');
  assert.equal((await rig.pass([good])).outcome.outcome, 'applied', 'and this one is not held against it');
});

test('while mending waits, something else that happens to the app is mended at once', async () => {
  await using rig = await DeviceRig.start();
  const taken = await takenPort();
  const good = makeProject(rig.project, {
    services: { app: worker({ ports: published(taken.port) }), side: worker() },
  });
  await taken.free();
  await rig.pass([good]);
  await rig.delete(`/containers/${rig.project}-app-1`);
  const thief = net.createServer().unref();
  await new Promise<void>(resolve => thief.listen(taken.port, '127.0.0.1', resolve));
  await rig.pass([good]);
  await rig.delete(`/containers/${rig.project}-side-1`);
  const { reasons } = await rig.pass([good]);
  assert.ok(reasons.includes('create-container: not there yet'), reasons.join());
  await new Promise(resolve => thief.close(resolve));
});

test('a network that cannot go, after the new version has proved healthy, degrades the app and sets nothing aside', async () => {
  await using rig = await DeviceRig.start();
  const first = makeProject(rig.project, {
    services: { app: worker({ networks: { default: null, extra: null } }) },
    networks: { extra: {} },
  });
  const next = makeProject(rig.project, { services: { app: worker() } });
  await rig.pass([first]);
  const { Id } = await rig.post(
    '/containers/create',
    { name: `${rig.project}-stranger` },
    { Image: images.worker, HostConfig: { NetworkMode: `${rig.project}_extra` } },
  );
  await rig.post(`/containers/${Id}/start`);
  const { outcome } = await rig.pass([next]);
  const [project] = outcome.projects;
  assert.deepEqual(
    [project?.state, project?.setAside, project?.digest],
    ['degraded', undefined, next.digest],
  );
  assert.match(project?.message ?? '', /has active endpoints/);
  assert.deepEqual((await rig.pass([next])).reasons, [], 'it is not tried again at once');
  await rig.delete(`/containers/${Id}`);
  rig.aheadMs = 60_000;
  const later = await rig.pass([next]);
  assert.deepEqual([later.outcome.outcome, later.outcome.projects[0]?.state], ['applied', 'healthy']);
  assert.equal((await rig.store.record(rig.project)).mending, undefined);
});

test('a service that ends again right after its gate is started again, and not called undone by somebody', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, { services: { app: { image: images.worker } } });
  await rig.pass([project]);
  const kill = () => rig.post(`/containers/${rig.project}-app-1/kill`);
  await kill();
  const { outcome } = await rig.pass([project], {
    around: async (step, run) => {
      await run();
      if (step.kind === 'wait-healthy') await kill();
    },
  });
  assert.deepEqual([outcome.projects[0]?.state, outcome.projects[0]?.code], ['degraded', undefined]);
  assert.equal((await rig.pass([project])).outcome.outcome, 'applied');
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
});

test('what something undoes at once is done again after a pause that grows, and no sooner', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, { services: { app: worker({ mem_limit: '64000000' }) } });
  await rig.pass([project]);
  const undo = () =>
    rig.post(`/containers/${rig.project}-app-1/update`, {}, { Memory: 128_000_000, MemorySwap: 256_000_000 });
  const undone = {
    around: async (step: { kind: string }, run: () => Promise<void>) => {
      await run();
      if (step.kind === 'wait-healthy') await undo();
    },
  };
  await undo();
  const first = await rig.pass([project], undone);
  assert.equal(first.outcome.projects[0]?.code, 'ENGINE_NOT_CONVERGING');
  assert.deepEqual((await rig.pass([project])).reasons, []);
  rig.aheadMs = 40_000;
  assert.notDeepEqual((await rig.pass([project], undone)).reasons, []);
  assert.equal((await rig.store.record(rig.project)).loop?.count, 2);
  rig.aheadMs = hourMs / 2;
  assert.equal((await rig.pass([project])).outcome.outcome, 'applied');
  assert.equal((await rig.store.record(rig.project)).loop, undefined);
});
