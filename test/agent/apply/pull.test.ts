/** Cases 9, 16 and 17 of the compose brief: images first, and what may go wrong with them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { registryOf } from '../../../agent/runtime/engine/gateway-pull.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

let registry: Registry;
let one: string;
let two: string;
let builder: DeviceRig;
before(async () => {
  registry = await startRegistry();
  builder = await DeviceRig.start(registry.address);
  const first = await builder.images.push('app', '1', 'worker', 'pull 1');
  const second = await builder.images.push('app', '2', 'worker', 'pull 2');
  one = `${first.repository}@${first.digest}`;
  two = `${second.repository}@${second.digest}`;
});
after(async () => {
  await builder[Symbol.asyncDispose]();
  await builder.images.forget();
  await registry.stop();
});

function running(rig: DeviceRig, image: string): DesiredProject {
  return makeProject(rig.project, { services: { app: { image, restart: 'always' } } });
}

/** What runs must be the very container that ran before. */
async function untouched(
  rig: DeviceRig,
  image: string,
  options: Parameters<DeviceRig['pass']>[1],
): Promise<string | undefined> {
  const name = `${rig.project}-app-1`;
  const before = await rig.inspect(name);
  const { outcome } = await rig.pass([running(rig, image)], options);
  const after = await rig.inspect(name);
  assert.deepEqual([after.Id, after.State.StartedAt], [before.Id, before.State.StartedAt]);
  assert.equal(outcome.outcome, 'degraded', JSON.stringify(outcome));
  assert.equal(outcome.projects[0]?.setAside, undefined);
  return outcome.projects[0]?.code;
}

test('an image is pulled by its digest, and the update comes up with it', async () => {
  await using rig = await DeviceRig.start(registry.address);
  await builder.images.forget().catch(() => undefined);
  const told: string[] = [];
  const { outcome, plan } = await rig.pass([running(rig, one)], {
    onPull: ({ project, image, layers }) => told.push(`${project} ${image} ${layers >= 0}`),
  });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.equal(told[0], `${rig.project} ${one} true`);
  assert.equal(plan.steps[0]?.kind, 'pull-image');
  assert.deepEqual((await rig.pass([running(rig, one)])).reasons, []);
});

test('a pull whose error stands in its stream is a failure, and nothing is touched', async () => {
  await using rig = await DeviceRig.start(registry.address);
  await rig.pass([running(rig, one)]);
  const missing = `${registry.address}/app@sha256:${'0'.repeat(64)}`;
  assert.equal(await untouched(rig, missing, {}), 'ENGINE_IMAGE_NOT_FOUND');
});

test('while the registry is down the old keeps running, tries have growing pauses, and it mends itself', async () => {
  await using rig = await DeviceRig.start(registry.address);
  await rig.pass([running(rig, one)]);
  await rig.images.forget().catch(() => undefined);
  await registry.pause();
  assert.equal(await untouched(rig, two, {}), 'ENGINE_REGISTRY_UNREACHABLE');
  assert.equal((await rig.pass([running(rig, two)])).reasons.length, 0);
  const first = (await rig.store.record(rig.project)).attempts;
  rig.aheadMs = 60_000;
  assert.equal(await untouched(rig, two, {}), 'ENGINE_REGISTRY_UNREACHABLE');
  const second = (await rig.store.record(rig.project)).attempts;
  assert.deepEqual([first?.count, second?.count], [1, 2]);
  await registry.resume();
  rig.aheadMs = 3_600_000;
  assert.equal((await rig.pass([running(rig, two)])).outcome.outcome, 'applied');
});

test('a pull that hangs is given up in its time', async () => {
  await using rig = await DeviceRig.start(registry.address);
  await rig.pass([running(rig, one)]);
  const silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const image = `127.0.0.1:${port}/app@sha256:${'1'.repeat(64)}`;
  const settings = { stateDirectory: rig.stateDirectory, pullIdleMs: 700 };
  const startMs = performance.now();
  assert.equal(await untouched(rig, image, { settings }), 'ENGINE_PULL_TIMEOUT');
  assert.ok(performance.now() - startMs < 30_000);
  silent.close();
});

test('with too little space nothing is pulled and nothing is touched', async () => {
  await using rig = await DeviceRig.start(registry.address);
  await rig.pass([running(rig, one)]);
  const image = `${registry.address}/app@sha256:${'2'.repeat(64)}`;
  const settings = { stateDirectory: rig.stateDirectory, minimumFreeBytes: Number.MAX_SAFE_INTEGER };
  assert.equal(await untouched(rig, image, { settings }), 'ENGINE_DISK_FULL');
});

test('one missing image of two holds back the whole update', async () => {
  await using rig = await DeviceRig.start(registry.address);
  await rig.pass([running(rig, one)]);
  const { Id } = await rig.inspect(`${rig.project}-app-1`);
  const broken = makeProject(rig.project, {
    services: {
      app: { image: one, restart: 'always', environment: { NEW: '1' } },
      extra: { image: `${registry.address}/none:1` },
    },
  });
  const { outcome } = await rig.pass([broken]);
  assert.equal(outcome.projects[0]?.code, 'ENGINE_IMAGE_NOT_FOUND');
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).Id, Id);
  assert.equal((await rig.containers()).length, 1);
});

test('an engine that goes away in the middle of a pass sets nothing aside, and the next pass goes on', async () => {
  await using rig = await DeviceRig.start(registry.address);
  await rig.pass([running(rig, one)]);
  const gone = new DeviceRig('/nonexistent/docker.sock', registry.address);
  const target = running(rig, two);
  let calls = 0;
  const flaky: typeof rig.engine = {
    call: (request, signal) => (++calls > 4 ? gone.engine : rig.engine).call(request, signal),
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
  await assert.rejects(rig.pass([target], { engine: flaky }), { code: 'ENGINE_UNREACHABLE' });
  assert.equal((await rig.store.record(rig.project)).setAside, undefined);
  const { outcome } = await rig.pass([target]);
  assert.equal(outcome.outcome, 'applied');
  await gone[Symbol.asyncDispose]().catch(() => undefined);
});

test('images: what the last good and the present state need stays, the rest goes by age', async () => {
  await using rig = await DeviceRig.start(registry.address);
  const settings = { stateDirectory: rig.stateDirectory, imageMaxAgeMs: -1 };
  const three = await builder.images.push('app', '3', 'worker', 'pull 3');
  const newest = `${three.repository}@${three.digest}`;
  const present = async () => {
    const names = (await rig.observe([])).images;
    return [one, two, newest].map(image => names.has(image));
  };
  await builder.images.forget();
  await rig.pass([running(rig, one)], { settings });
  await rig.pass([running(rig, two)], { settings });
  const broken = makeProject(rig.project, { services: { app: { image: newest, command: ['/no/such'] } } });
  const { outcome } = await rig.pass([broken], { settings });
  assert.equal(outcome.outcome, 'rolled-back');
  assert.deepEqual(await present(), [false, true, true]);
  await rig.pass([running(rig, two)], { settings });
  await rig.pass([running(rig, two)], { settings });
  assert.deepEqual(await present(), [false, true, false]);
});

test('images: one that nothing needs stays until it is too old, and goes at once when the disk gets full', async () => {
  await using rig = await DeviceRig.start(registry.address);
  const four = await builder.images.push('app', '4', 'worker', 'pull 4');
  const newest = `${four.repository}@${four.digest}`;
  const present = async () => {
    const names = (await rig.observe([])).images;
    return [one, two, newest].map(image => names.has(image));
  };
  await builder.images.forget();
  const minimumFreeBytes = 1_000;
  let free = 1_000_000;
  const settings = {
    stateDirectory: rig.stateDirectory,
    imageMaxAgeMs: 3_600_000,
    minimumFreeBytes,
    freeSpace: async () => free,
  };
  const system = createSystemClock();
  const clock = { ...system, now: () => system.now() + rig.aheadMs };
  const pass = (image: string) => rig.pass([running(rig, image)], { settings, clock });
  for (const image of [one, two]) assert.equal((await pass(image)).outcome.outcome, 'applied');
  rig.aheadMs = 3_500_000;
  await pass(two);
  assert.deepEqual(await present(), [true, true, false], 'younger than its time');
  // Pulls are refused; of what is there only the image goes that neither the present nor the last good state needs.
  free = minimumFreeBytes - 1;
  assert.equal(await untouched(rig, newest, { settings, clock }), 'ENGINE_DISK_FULL');
  assert.deepEqual(await present(), [false, true, false]);
  free = 1_000_000;
  rig.aheadMs += 60_000;
  assert.equal((await pass(newest)).outcome.outcome, 'applied');
  assert.deepEqual(await present(), [false, true, true]);
  // Before it is so full that pulls are refused, there is room again.
  free = 2 * minimumFreeBytes - 1;
  await pass(newest);
  assert.deepEqual(await present(), [false, false, true]);
  free = 1_000_000;
  await pass(two);
  rig.aheadMs += 3_500_000;
  await pass(two);
  assert.deepEqual(await present(), [false, true, true]);
  rig.aheadMs += 200_000;
  await pass(two);
  assert.deepEqual(await present(), [false, true, false], 'older than its time');
});

test('the registry of a reference is told as the engine tells it', () => {
  assert.equal(registryOf('busybox:1'), 'docker.io');
  assert.equal(registryOf('library/busybox'), 'docker.io');
  assert.equal(registryOf('127.0.0.1:5000/app:1'), '127.0.0.1:5000');
  assert.equal(registryOf('localhost/app'), 'localhost');
  assert.equal(registryOf('registry.example.com/team/app@sha256:00'), 'registry.example.com');
});
