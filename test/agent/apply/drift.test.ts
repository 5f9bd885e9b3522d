/** Cases 7, 8, 10, 11, 14 and 20 of the compose brief: what was done behind our back is found and mended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeProject, type ProjectInput, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

/** A project that runs, what was done to it, and what the next pass says; then nothing is left to do. */
async function mended(
  input: ProjectInput,
  harm: (rig: DeviceRig, name: string) => Promise<unknown>,
  check: (reasons: readonly string[], rig: DeviceRig, name: string) => void | Promise<void>,
): Promise<void> {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, input);
  const first = await rig.pass([project]);
  assert.equal(first.outcome.outcome, 'applied', JSON.stringify(first.outcome));
  const name = `${rig.project}-app-1`;
  await harm(rig, name);
  const result = await rig.pass([project]);
  await check(result.reasons, rig, name);
  assert.equal(result.outcome.outcome, 'applied', JSON.stringify(result.outcome));
  assert.equal((await rig.inspect(name)).State.Status, 'running');
  assert.deepEqual((await rig.pass([project])).reasons, []);
}

const one = {
  services: {
    get app() {
      return worker();
    },
  },
};

test('a paused container goes on', () =>
  mended(
    one,
    (rig, name) => rig.post(`/containers/${name}/pause`),
    reasons => assert.equal(reasons[0], 'unpause-container: it was paused'),
  ));

test('a container that a user stopped is started again', () =>
  mended(
    one,
    (rig, name) => rig.post(`/containers/${name}/stop`),
    reasons => assert.match(reasons[0] ?? '', /^start-container: not running/),
  ));

test('a renamed container gets its name back and is not made anew', async () => {
  let id = '';
  await mended(
    one,
    async (rig, name) => {
      id = (await rig.inspect(name)).Id;
      await rig.post(`/containers/${name}/rename`, { name: `${rig.project}-elsewhere` });
    },
    async (reasons, rig, name) => {
      assert.match(reasons[0] ?? '', /^rename-container: its name was/);
      assert.equal((await rig.inspect(name)).Id, id);
    },
  );
});

test('a second container of the same service is removed', () =>
  mended(
    one,
    async (rig, name) => {
      const { Config } = await rig.engine.call<{ Config: { Labels: object } }>(
        { method: 'GET', path: `/containers/${name}/json` },
        rig.signal,
      );
      const body = { Image: images.worker, Labels: Config.Labels };
      const { Id } = await rig.post('/containers/create', { name: `${rig.project}-copy` }, body);
      await rig.post(`/containers/${Id}/start`);
    },
    async (reasons, rig) => {
      assert.ok(reasons.some(reason => reason.startsWith('remove-container: a second container of')));
      assert.equal((await rig.containers()).length, 1);
    },
  ));

test('what a pass has left half-made is removed', () =>
  mended(
    one,
    async (rig, name) => {
      const { Id, Config } = await rig.engine.call<{ Id: string; Config: { Labels: object } }>(
        { method: 'GET', path: `/containers/${name}/json` },
        rig.signal,
      );
      const half = `${Id.slice(0, 12)}_${name}`;
      await rig.post('/containers/create', { name: half }, { Image: images.worker, Labels: Config.Labels });
    },
    async (reasons, rig) => {
      assert.ok(reasons.includes('remove-container: left half-made by a pass that was cut off'));
      assert.equal((await rig.containers()).length, 1);
    },
  ));

test('a container that crashes again and again is reported and left to the engine', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: {
      app: worker({ command: ['/bin/sh', '-c', 'if [ -e /crash ]; then exit 7; fi; sleep 1000 & wait'] }),
    },
  });
  await rig.pass([project]);
  const name = `${rig.project}-app-1`;
  await rig.exec(name, ['/bin/touch', '/crash']);
  await rig.exec(name, ['/bin/sh', '-c', 'kill -9 -1']);
  await rig.post(`/containers/${name}/restart`, { t: 0 });
  // By then the engine's pauses are seconds long: a pass sees the container between two tries.
  for (;;) {
    const { State, RestartCount } = await rig.inspect(name);
    if (RestartCount >= 5 && State.Status === 'restarting') break;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  const { outcome, reasons } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'degraded');
  assert.match(outcome.projects[0]?.message ?? '', /crashes again and again/);
  assert.ok((outcome.projects[0]?.services[0]?.restarts ?? 0) >= 5, JSON.stringify(outcome));
  // The pauses are the engine's; it was healthy once, so neither is it set aside.
  assert.deepEqual(reasons, []);
  assert.equal(outcome.projects[0]?.setAside, undefined);
  const other = await rig.pass([makeProject(rig.project, { services: { app: worker() } })]);
  assert.equal(other.outcome.outcome, 'applied');
});

test('a limit changed by docker update is found', () =>
  mended(
    one,
    (rig, name) =>
      rig.post(`/containers/${name}/update`, {}, { Memory: 67_108_864, MemorySwap: 134_217_728 }),
    reasons =>
      assert.match(
        reasons[0] ?? '',
        /^create-container: changed on the device: memory limit is 64 MiB, should be none/,
      ),
  ));

test('a restart policy changed by docker update is found', () =>
  mended(
    one,
    (rig, name) => rig.post(`/containers/${name}/update`, {}, { RestartPolicy: { Name: 'no' } }),
    reasons => assert.match(reasons[0] ?? '', /restart policy is no, should be always/),
  ));

test('a container disconnected from its network is connected again and stays', async () => {
  let id = '';
  await mended(
    one,
    async (rig, name) => {
      id = (await rig.inspect(name)).Id;
      await rig.post(`/networks/${rig.project}_default/disconnect`, {}, { Container: name, Force: true });
    },
    async (reasons, rig, name) => {
      assert.match(reasons[0] ?? '', /^connect-network: it was disconnected from network/);
      assert.equal((await rig.inspect(name)).Id, id);
    },
  );
});

test("another tool's container of the same name is left alone, and nothing of ours is stopped", async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, { services: { app: worker(), other: worker() } });
  await rig.pass([project]);
  const name = `${rig.project}-app-1`;
  await rig.delete(`/containers/${name}`);
  const { Id } = await rig.post('/containers/create', { name }, { Image: images.worker });
  const { outcome, reasons } = await rig.pass([project]);
  assert.deepEqual(reasons, []);
  assert.equal(outcome.outcome, 'failed');
  assert.equal(outcome.projects[0]?.code, 'ENGINE_NAME_TAKEN');
  assert.equal((await rig.inspect(Id)).State.Status, 'created');
  assert.equal((await rig.inspect(`${rig.project}-other-1`)).State.Status, 'running');
  await rig.delete(`/containers/${Id}`);
  assert.equal((await rig.pass([project])).outcome.outcome, 'applied');
});

test('a changed volume makes the app degraded until it is made as it was, or anew; going back makes it as it was', async () => {
  await using rig = await DeviceRig.start();
  const mount = (source: string) => ({ type: 'volume' as const, source, target: `/${source}`, volume: {} });
  const make = (size: string, who: string, disposable: readonly string[], extra: Services[string] = {}) =>
    makeProject(rig.project, {
      services: { app: worker({ volumes: [mount('sock'), mount('data')], ...extra }) },
      volumes: {
        sock: { driver_opts: { type: 'tmpfs', device: 'tmpfs', o: `size=${size}` } },
        data: { labels: { who } },
      },
      ...(disposable.length === 0 ? {} : { disposableVolumes: disposable }),
    });
  const name = `${rig.project}-app-1`;
  const volume = (key: string) =>
    rig.engine.call<{ Options: Record<string, string>; Labels: Record<string, string> }>(
      { method: 'GET', path: `/volumes/${rig.project}_${key}` },
      rig.signal,
    );
  await rig.pass([make('1m', 'a', [])]);
  assert.equal(await rig.exec(name, ['/bin/touch', '/data/kept']), 0);

  const changed = await rig.pass([make('2m', 'b', [])]);
  assert.equal(changed.outcome.outcome, 'degraded');
  const [told] = changed.outcome.projects;
  assert.equal(told?.code, 'ENGINE_VOLUME_KEPT');
  assert.match(
    told?.message ?? '',
    /_sock is defined otherwise now \(driver_opts\.o\).*_data .*\(labels\.who\)/,
  );
  assert.equal((await rig.pass([make('2m', 'b', [])])).outcome.outcome, 'degraded', 'as long as it differs');

  const anew = await rig.pass([make('2m', 'a', ['sock'])]);
  assert.equal(anew.outcome.outcome, 'applied', anew.outcome.projects[0]?.message);
  assert.equal((await volume('sock')).Options.o, 'size=2m');
  assert.equal(await rig.exec(name, ['/bin/ls', '/data/kept']), 0);
  assert.deepEqual((await rig.plan([make('2m', 'a', ['sock'])])).steps, []);

  const broken = await rig.pass([make('3m', 'a', ['sock'], { command: ['/no/such'] })]);
  assert.equal(broken.outcome.outcome, 'rolled-back', broken.outcome.projects[0]?.message);
  assert.equal((await volume('sock')).Options.o, 'size=2m');
  assert.equal((await rig.inspect(name)).State.Status, 'running');
  assert.equal(await rig.exec(name, ['/bin/ls', '/data/kept']), 0);
});

test('an anonymous volume survives two recreations and a rollback', async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string, extra: Services[string] = {}) =>
    makeProject(rig.project, {
      services: {
        app: worker({
          environment: { LEVEL: level },
          volumes: [{ type: 'volume', target: '/data', volume: {} }],
          ...extra,
        }),
      },
    });
  const name = `${rig.project}-app-1`;
  await rig.pass([make('1')]);
  await rig.exec(name, ['/bin/touch', '/data/kept']);
  await rig.pass([make('2')]);
  await rig.pass([make('3')]);
  assert.equal(await rig.exec(name, ['/bin/ls', '/data/kept']), 0);
  assert.equal((await rig.pass([make('4', { command: ['/no/such'] })])).outcome.outcome, 'rolled-back');
  assert.equal(await rig.exec(name, ['/bin/ls', '/data/kept']), 0);
});

test('what shares the network of a service follows when that is made anew', async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string) =>
    makeProject(rig.project, {
      services: {
        leader: worker({ environment: { LEVEL: level } }),
        follower: worker({ network_mode: 'service:leader' }),
        peer: worker({ pid: 'service:leader' }),
      },
    });
  await rig.pass([make('1')]);
  const { reasons, outcome } = await rig.pass([make('2')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.ok(reasons.includes('create-container: follows leader'));
  const leader = await rig.inspect(`${rig.project}-leader-1`);
  const follower = (await rig.containers()).find(({ Names }) => Names.includes(`/${rig.project}-follower-1`));
  assert.equal(follower?.HostConfig?.NetworkMode, `container:${leader.Id}`);
  assert.deepEqual((await rig.plan([make('2')])).steps, []);
});

test('an image change together with the removal of its network', async () => {
  await using rig = await DeviceRig.start();
  const before = makeProject(rig.project, {
    services: { app: { image: images.web, restart: 'always', networks: { default: null, back: null } } },
    networks: { back: {} },
  });
  const afterwards = makeProject(rig.project, {
    services: { app: { image: images.web2, restart: 'always' } },
  });
  await rig.pass([before]);
  const { reasons, outcome } = await rig.pass([afterwards]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.ok(
    reasons.some(reason => /^create-container: image changed: 1-\w+ → 2-\w+/.test(reason)),
    reasons.join('\n'),
  );
  assert.ok(reasons.includes(`remove-network: network ${rig.project}_back is not wanted any more`));
  assert.deepEqual((await rig.plan([afterwards])).steps, []);
});

test('a network that is defined otherwise is made anew, and its containers stay', async () => {
  await using rig = await DeviceRig.start();
  const make = (labels: Record<string, string>) =>
    makeProject(rig.project, {
      services: { app: worker({ networks: { back: { aliases: ['database'] } } }) },
      networks: { back: { labels } },
    });
  await rig.pass([make({ a: '1' })]);
  const { Id } = await rig.inspect(`${rig.project}-app-1`);
  const { outcome, plan } = await rig.pass([make({ a: '2' })]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.deepEqual(
    plan.steps.map(({ kind }) => kind),
    [
      'stop-container',
      'disconnect-network',
      'remove-network',
      'create-network',
      'connect-network',
      'start-container',
      'wait-healthy',
    ],
  );
  const app = await rig.inspect(`${rig.project}-app-1`);
  assert.equal(app.Id, Id);
  assert.equal(app.State.Status, 'running');
  assert.deepEqual((await rig.plan([make({ a: '2' })])).steps, []);
});

test('what the engine writes in its own way is no reason to recreate', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: {
      app: {
        image: images.web,
        restart: 'no',
        expose: ['8080', '8080/tcp', '3000-3002'],
        ports: [
          { mode: 'ingress', host_ip: '127.0.0.1', target: 8080, protocol: 'tcp' },
          { mode: 'ingress', host_ip: '127.0.0.1', target: 3001, protocol: 'udp' },
        ],
        mem_limit: '134217728',
        cpus: 0.5,
        pids_limit: 100,
        ulimits: { nofile: { soft: 1000, hard: 2000 }, nproc: 500 },
        cap_drop: ['NET_ADMIN'],
        sysctls: { 'net.core.somaxconn': '512' },
        tmpfs: ['/tmp:size=1m'],
        extra_hosts: ['gw=10.0.0.1'],
        dns: ['9.9.9.9'],
        shm_size: '16777216',
        init: true,
        security_opt: ['no-new-privileges:true'],
        logging: { driver: 'json-file', options: { 'max-size': '1m' } },
        stop_signal: 'SIGINT',
        stop_grace_period: '2s',
        read_only: true,
        deploy: { resources: { limits: { memory: '67108864' } }, placement: {} },
        healthcheck: { test: ['CMD', '/bin/true'], interval: '1s', start_period: '1s' },
      },
    },
  });
  const { outcome } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.deepEqual((await rig.pass([project])).reasons, []);
});

test('of two networks of one name, both ours, the one that nobody uses goes, by its id', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, { services: { app: worker() } });
  await rig.pass([project]);
  const container = await rig.inspect(`${rig.project}-app-1`);
  const [network] = (await rig.observe([rig.project])).networks.filter(({ owner }) => owner !== undefined);
  const { Labels } = await rig.engine.call<{ Labels: object }>(
    { method: 'GET', path: `/networks/${network?.id}` },
    rig.signal,
  );
  const second = await rig.post(
    '/networks/create',
    {},
    { Name: network?.name, CheckDuplicate: false, Labels },
  );
  const { reasons, outcome } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.equal(reasons[0], `remove-network: a second network of the name ${network?.name}`);
  const left = (await rig.observe([rig.project])).networks.map(({ id }) => id);
  assert.ok(left.includes(network?.id ?? '') && !left.includes(second.Id));
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).Id, container.Id);
});

test("somebody else's network of the same name changes nothing, and holds back an update with a word", async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string) =>
    makeProject(rig.project, { services: { app: worker({ environment: { LEVEL: level } }) } });
  await rig.pass([make('1')]);
  const foreign = await rig.post(
    '/networks/create',
    {},
    { Name: `${rig.project}_default`, CheckDuplicate: false },
  );
  assert.deepEqual((await rig.pass([make('1')])).reasons, []);
  const held = await rig.pass([make('2')]);
  assert.equal(held.outcome.projects[0]?.code, 'ENGINE_NAME_TAKEN');
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  await rig.delete(`/networks/${foreign.Id}`);
  assert.equal((await rig.pass([make('2')])).outcome.outcome, 'applied');
});

test('an address range that the file does not name is not compared', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: { app: worker({ networks: { back: null } }) },
    networks: { back: { ipam: {} } },
  });
  await rig.pass([project]);
  assert.deepEqual((await rig.plan([project])).steps, []);
});
