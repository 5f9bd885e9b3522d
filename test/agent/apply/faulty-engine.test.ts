/** What the engine says is not always what one hopes: dead containers, drift that never ends, strangers in the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDiskView } from '../../../agent/runtime/engine/disk-view.ts';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import type { ContainerDetails, ContainerSummary } from '../../../agent/runtime/engine/engine-answers.ts';
import { observe } from '../../../agent/runtime/engine/observe.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

/** The real engine, some of whose answers are changed on their way. */
function altered(rig: DeviceRig, change: (path: string, answer: unknown) => unknown): Engine {
  return {
    call: async <Answer>(request: Parameters<Engine['call']>[0], signal: AbortSignal) =>
      change(request.path, await rig.engine.call(request, signal)) as Answer,
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
}

/** A pass on an engine whose answers are altered, also those that the snapshots are made of. */
async function passOn(rig: DeviceRig, engine: Engine, project: DesiredProject) {
  const look = () =>
    observe({
      engine,
      device: rig.device,
      projectNames: [project.name],
      disk: createDiskView({ engine, folders: rig, projects: [project] }, rig.signal),
      signal: rig.signal,
    });
  const desired = makeDesired(rig.device, [project]);
  const observed = await look();
  const plan = planDevice({ desired, observed, memory: await rig.store.memory(Date.now()) });
  const { outcome } = await rig.pass([project], { engine, plan, observed, observe: look });
  return { outcome, plan };
}

test('a dead container is made anew', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, { services: { app: worker() } });
  await rig.pass([project]);
  const { Id } = await rig.inspect(`${rig.project}-app-1`);
  const engine = altered(rig, (path, answer) =>
    path === '/containers/json'
      ? (answer as ContainerSummary[]).map(one =>
          one.Id === Id ? { ...one, State: 'dead', Status: 'Dead' } : one,
        )
      : answer,
  );
  const { outcome, plan } = await passOn(rig, engine, project);
  assert.ok(plan.steps.some(({ reason }) => reason === 'the container is dead'));
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.notEqual((await rig.inspect(`${rig.project}-app-1`)).Id, Id);
  assert.deepEqual((await rig.plan([project])).steps, []);
});

test('two plans that ask for the same for one commit stop the loop and say so; another commit goes on', async () => {
  await using rig = await DeviceRig.start();
  // An engine that always tells of another limit than it was given.
  const engine = altered(rig, (path, answer) => {
    if (!/^\/containers\/[0-9a-f]+\/json$/.test(path)) return answer;
    const details = answer as ContainerDetails;
    return { ...details, HostConfig: { ...details.HostConfig, Memory: 77 } };
  });
  const project = makeProject(rig.project, { services: { app: worker() } });
  await rig.pass([project]);
  const first = await passOn(rig, engine, project);
  assert.equal(first.outcome.projects[0]?.code, 'ENGINE_NOT_CONVERGING');
  assert.match(first.outcome.projects[0]?.message ?? '', /changed on the device/);
  const { Id } = await rig.inspect(`${rig.project}-app-1`);
  const second = await passOn(rig, engine, project);
  assert.deepEqual(second.plan.steps, []);
  assert.equal(second.outcome.projects[0]?.code, 'ENGINE_NOT_CONVERGING');
  assert.equal(second.outcome.outcome, 'degraded');
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).Id, Id);
  const other = makeProject(rig.project, { services: { app: worker({ environment: { NEW: '1' } }) } });
  assert.equal((await rig.pass([other])).outcome.outcome, 'applied');
});

test("a host port held by somebody else's container: nothing is stopped, and the outcome names the holder", async () => {
  await using rig = await DeviceRig.start();
  const port = 40_000 + (process.pid % 10_000);
  const published = [
    { mode: 'ingress', host_ip: '127.0.0.1', target: 80, published: String(port), protocol: 'tcp' },
  ];
  await rig.pass([makeProject(rig.project, { services: { app: worker() } })]);
  const before = await rig.inspect(`${rig.project}-app-1`);
  const name = `stranger-${rig.project}`;
  const { Id } = await rig.post(
    '/containers/create',
    { name },
    {
      Image: images.worker,
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
    },
  );
  await rig.post(`/containers/${Id}/start`);
  const wanted = makeProject(rig.project, { services: { app: worker({ ports: published }) } });
  const held = await rig.pass([wanted]);
  assert.equal(held.outcome.projects[0]?.code, 'ENGINE_PORT_TAKEN', JSON.stringify(held.outcome));
  assert.match(held.outcome.projects[0]?.message ?? '', new RegExp(name));
  const after = await rig.inspect(`${rig.project}-app-1`);
  assert.deepEqual([after.Id, after.State.StartedAt], [before.Id, before.State.StartedAt]);
  // Nothing is set aside: once the port is free the update goes on by itself.
  await rig.delete(`/containers/${Id}`);
  assert.equal((await rig.pass([wanted])).outcome.outcome, 'applied');
});

test('an app that waits for a port of another one, whose update cannot be had, keeps what it has and is not set aside', async () => {
  await using rig = await DeviceRig.start();
  const ports = [
    {
      mode: 'ingress',
      host_ip: '127.0.0.1',
      target: 80,
      published: String(50_000 + (process.pid % 9_000)),
      protocol: 'tcp',
    },
  ];
  const holder = (extra: Services[string]) =>
    makeProject(`${rig.project}a`, { services: { app: worker(extra) }, update: { strategy: 'stop-first' } });
  const waiting = (extra: Services[string], keep: Services[string] = {}) =>
    makeProject(`${rig.project}b`, {
      services: { app: worker(extra), keep: worker(keep) },
      update: { strategy: 'stop-first' },
    });
  const first = await rig.pass([holder({ ports }), waiting({})]);
  assert.equal(first.outcome.outcome, 'applied', JSON.stringify(first.outcome));
  const missing = `127.0.0.1:1/none@sha256:${'3'.repeat(64)}`;
  const wanted = waiting({ ports }, { environment: { NEW: '1' } });
  const { outcome } = await rig.pass([holder({ image: missing }), wanted]);
  assert.deepEqual(
    outcome.projects.map(({ state, code, setAside }) => [state, code, setAside]),
    [
      ['degraded', 'ENGINE_REGISTRY_UNREACHABLE', undefined],
      ['degraded', 'ENGINE_OTHER_PROJECT', undefined],
    ],
  );
  assert.deepEqual(
    (await rig.containers()).map(({ Names, State }) => `${Names[0]} ${State}`).sort(),
    ['a-app-1', 'b-app-1', 'b-keep-1'].map(name => `/${rig.project}${name} running`),
  );
  rig.aheadMs = 60_000;
  const last = await rig.pass([holder({}), wanted]);
  assert.equal(last.outcome.outcome, 'applied', JSON.stringify(last.outcome));
});

test('requests that a killed agent left on their way and that are done by now fail no update', async () => {
  await using rig = await DeviceRig.start();
  const state = (kind: string) =>
    makeProject(rig.project, {
      services: { app: worker({ networks: { back: null } }) },
      networks: { back: { labels: { kind } } },
    });
  await rig.pass([state('a')]);
  let twice = 0;
  const engine: Engine = {
    call: async (request, signal) => {
      if (/\/(disconnect|connect|rename)$/.test(request.path)) {
        twice++;
        await rig.engine.call(request, signal);
      }
      return rig.engine.call(request, signal);
    },
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
  const { outcome } = await rig.pass([state('b')], { engine });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.ok(twice >= 2);
  assert.deepEqual((await rig.plan([state('b')])).steps, []);
  twice = 0;
  const changed = makeProject(rig.project, {
    services: { app: worker({ networks: { back: null }, environment: { LEVEL: 'debug' } }) },
    networks: { back: { labels: { kind: 'b' } } },
  });
  assert.equal((await rig.pass([changed], { engine })).outcome.outcome, 'applied');
  assert.ok(twice >= 1);
  assert.deepEqual((await rig.plan([changed])).steps, []);
});
