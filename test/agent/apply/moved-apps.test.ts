/** Apps that are renamed, and ports and names that move between apps or are wanted by two. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredProject, DesiredState } from '../../../core/desired/state.ts';
import { freePort } from '../../../lab/machine/free-port.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig, type PassResult } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

const publish = (port: number) => ({
  ports: [{ mode: 'ingress', target: 80, published: String(port), protocol: 'tcp' }],
});

/** One minute a year, on a day that is not today. */
function shut(rig: DeviceRig, projects: readonly DesiredProject[]): DesiredState {
  const month = new Date().getUTCMonth() === 5 ? 12 : 6;
  const desired = makeDesired(rig.device, projects);
  const windows = [{ start: `0 3 1 ${month} *`, durationMs: 60_000, timeZone: 'UTC' }];
  return { ...desired, settings: { ...desired.settings, windows } };
}

/** Names of the containers that run, without the name that all of the test begin with. */
async function running(rig: DeviceRig): Promise<string[]> {
  const all = await rig.containers();
  return all
    .filter(({ State }) => State === 'running')
    .map(({ Names }) => (Names[0] ?? '').replace(`/${rig.project}`, ''))
    .sort();
}

const told = ({ outcome }: PassResult, project: string) =>
  outcome.projects.find(({ project: name }) => name === project);

async function settled(rig: DeviceRig, projects: readonly DesiredProject[]): Promise<void> {
  assert.deepEqual((await rig.plan(projects)).steps, []);
}

test('an app is renamed: its port goes to the new name in one pass', async () => {
  await using rig = await DeviceRig.start();
  const services = { app: worker(publish(await freePort())) };
  await rig.pass([makeProject(rig.project, { services })]);
  const renamed = makeProject(`${rig.project}new`, { services });
  const pass = await rig.pass([renamed]);
  assert.equal(pass.outcome.outcome, 'applied', JSON.stringify(pass.outcome));
  assert.equal(told(pass, rig.project)?.state, 'removed');
  assert.deepEqual(await running(rig), ['new-app-1']);
  await settled(rig, [renamed]);
});

test('an app with a container_name and a network of a fixed name is renamed in one pass', async () => {
  await using rig = await DeviceRig.start();
  const make = (name: string) =>
    makeProject(name, {
      services: { app: worker({ container_name: `${rig.project}fixed`, networks: { front: null } }) },
      networks: { front: { name: `${rig.project}front` } },
    });
  await rig.pass([make(`${rig.project}a`)]);
  const renamed = make(`${rig.project}b`);
  const pass = await rig.pass([renamed]);
  assert.equal(pass.outcome.outcome, 'applied', JSON.stringify(pass.outcome));
  assert.deepEqual(await running(rig), ['fixed']);
  await settled(rig, [renamed]);
});

test('a service with a port and a container_name moves from an app that is removed, and from one that stays', async () => {
  for (const stays of [false, true]) {
    await using rig = await DeviceRig.start();
    const moving = worker({ ...publish(await freePort()), container_name: `${rig.project}moving` });
    const [a, b] = [`${rig.project}a`, `${rig.project}b`];
    const rest = { rest: worker() };
    await rig.pass([makeProject(a, { services: { ...rest, moving } }), makeProject(b, { services: rest })]);
    const projects = [
      ...(stays ? [makeProject(a, { services: rest })] : []),
      makeProject(b, { services: { ...rest, moving } }),
    ];
    const pass = await rig.pass(projects);
    assert.equal(pass.outcome.outcome, 'applied', JSON.stringify(pass.outcome));
    assert.deepEqual(await running(rig), [...(stays ? ['a-rest-1'] : []), 'b-rest-1', 'moving']);
    await settled(rig, projects);
  }
});

test('an app is renamed and the image of the new one cannot be had: the old one runs on until it can', async () => {
  await using rig = await DeviceRig.start();
  const port = publish(await freePort());
  await rig.pass([makeProject(rig.project, { services: { app: worker(port) } })]);
  const repo = `127.0.0.1:1/${rig.project}`;
  const services = { app: worker({ ...port, image: `${repo}:1` }) };
  const renamed = makeProject(`${rig.project}new`, { services });
  for (let pass = 0; pass < 2; pass++) {
    await rig.pass([renamed]);
    assert.deepEqual(await running(rig), ['-app-1']);
  }
  await rig.post(`/images/${images.worker}/tag`, { repo, tag: '1' });
  try {
    rig.aheadMs = 3_600_000;
    const { outcome } = await rig.pass([renamed]);
    assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
    assert.deepEqual(await running(rig), ['new-app-1']);
  } finally {
    await rig.delete(`/images/${repo}:1`);
  }
});

test('an app is renamed outside of the maintenance window: the old one runs on, the new one waits for it and is not set aside', async () => {
  await using rig = await DeviceRig.start();
  const services = { app: worker(publish(await freePort())) };
  await rig.pass([makeProject(rig.project, { services })]);
  const renamed = makeProject(`${rig.project}new`, { services });
  const waiting = await rig.pass([renamed], { desired: shut(rig, [renamed]) });
  const { state, code, message, setAside } = told(waiting, renamed.name) ?? {};
  assert.deepEqual(
    { state, code, setAside },
    { state: 'waiting', code: 'ENGINE_OTHER_PROJECT', setAside: undefined },
  );
  assert.match(
    message ?? '',
    /^port \d+\/tcp for app is held by .*-app-1 of .*: waits for a maintenance window/,
  );
  assert.equal(waiting.outcome.outcome, 'waiting');
  assert.deepEqual(await running(rig), ['-app-1']);
  assert.equal((await rig.pass([renamed])).outcome.outcome, 'applied');
  assert.deepEqual(await running(rig), ['new-app-1']);
});

test('a port moves from an app that is paused: the taker runs on as it was, is mended, and takes it when the other is released', async () => {
  await using rig = await DeviceRig.start();
  const port = publish(await freePort());
  const [a, b] = [`${rig.project}a`, `${rig.project}b`];
  await rig.pass([
    makeProject(a, { services: { app: worker(port) } }),
    makeProject(b, { services: { app: worker() } }),
  ]);
  const giver = makeProject(a, { services: { app: worker() } });
  const taker = makeProject(b, { services: { app: worker(port) } });
  await rig.post(`/containers/${b}-app-1/stop`);
  const held = await rig.pass([{ ...giver, paused: true }, taker]);
  assert.equal(told(held, b)?.state, 'waiting', JSON.stringify(held.outcome));
  assert.match(told(held, b)?.message ?? '', /is held by .*: the app is paused$/);
  assert.deepEqual(await running(rig), ['a-app-1', 'b-app-1']);
  const projects = [giver, taker];
  assert.equal((await rig.pass(projects)).outcome.outcome, 'applied');
  assert.deepEqual(await running(rig), ['a-app-1', 'b-app-1']);
  await settled(rig, projects);
});

test('three apps pass their ports on and the first is paused: none of them is set aside', async () => {
  await using rig = await DeviceRig.start();
  const ports = [publish(await freePort()), publish(await freePort()), publish(await freePort())];
  const names = ['a', 'b', 'c'].map(letter => rig.project + letter);
  const make = (shift: number) =>
    names.map((name, index) =>
      makeProject(name, { services: { app: worker(ports[(index + shift) % 3] ?? {}) } }),
    );
  await rig.pass(make(0));
  const [first, ...others] = make(1);
  assert.ok(first !== undefined);
  const held = await rig.pass([{ ...first, paused: true }, ...others]);
  assert.deepEqual(
    held.outcome.projects.map(({ state, setAside }) => [state, setAside]),
    [
      ['paused', undefined],
      ['waiting', undefined],
      ['waiting', undefined],
    ],
  );
  assert.deepEqual(held.plan.steps, []);
  assert.deepEqual(await running(rig), ['a-app-1', 'b-app-1', 'c-app-1']);
  assert.equal((await rig.pass([first, ...others])).outcome.outcome, 'applied');
});

test('two apps want one container name: the second says so, whichever runs stays', async () => {
  await using rig = await DeviceRig.start();
  const first = makeProject(rig.project, { services: { 'b-c': worker() } });
  const second = makeProject(`${rig.project}-b`, { services: { c: worker() } });
  for (let pass = 0; pass < 2; pass++) {
    const result = await rig.pass([first, second]);
    assert.equal(result.outcome.outcome, 'failed');
    const { state, code, message } = told(result, second.name) ?? {};
    assert.deepEqual([state, code], ['failed', 'ENGINE_NAME_TAKEN']);
    assert.equal(message, `the name ${rig.project}-b-c-1 for c is taken by app ${first.name}`);
    assert.equal(told(result, first.name)?.state, 'healthy');
  }
});

test('two apps publish one port: the one that has it keeps it, the other says so', async () => {
  await using rig = await DeviceRig.start();
  const port = publish(await freePort());
  const later = makeProject(`${rig.project}a`, { services: { app: worker(port) } });
  const first = makeProject(`${rig.project}b`, { services: { app: worker(port) } });
  await rig.pass([first]);
  const result = await rig.pass([later, first]);
  assert.equal(told(result, later.name)?.code, 'ENGINE_PORT_TAKEN');
  assert.equal(told(result, later.name)?.setAside, undefined);
  assert.equal(told(result, first.name)?.state, 'healthy');
  assert.deepEqual(await running(rig), ['b-app-1']);
});

test('a network that another app uses as external is defined otherwise: what runs stays, until the other lets go', async () => {
  await using rig = await DeviceRig.start();
  const [a, b] = [`${rig.project}a`, `${rig.project}b`];
  const make = (label: string) =>
    makeProject(a, {
      services: { app: worker({ networks: { x: null } }) },
      networks: { x: { labels: { label } } },
    });
  const user = makeProject(b, {
    services: { app: worker({ networks: { x: null } }) },
    networks: { x: { name: `${a}_x`, external: true } },
  });
  await rig.pass([make('1')]);
  await rig.pass([make('1'), user]);
  for (let pass = 0; pass < 2; pass++) {
    const result = await rig.pass([make('2'), user]);
    assert.equal(told(result, a)?.code, 'ENGINE_NETWORK_IN_USE', JSON.stringify(result.outcome));
    assert.deepEqual(result.plan.steps, []);
    assert.deepEqual(await running(rig), ['a-app-1', 'b-app-1']);
  }
  assert.equal((await rig.pass([make('2')])).outcome.outcome, 'applied', 'with the other one removed');
  assert.deepEqual(await running(rig), ['a-app-1']);
  await settled(rig, [make('2')]);
});
