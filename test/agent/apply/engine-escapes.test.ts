/** Attacks of an app's author on a real engine: what the device check takes is run, and must not see the host. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { checkForDevice } from '../../../core/compose/device/device-check.ts';
import type { ServiceModel } from '../../../core/compose/value/model.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { formatProblem } from '../../../core/errors.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { load } from '../../core/compose/project.ts';

let images: Awaited<ReturnType<typeof buildImages>>;
let builder: DeviceRig;
/** A folder of the host that no app may see. */
const hidden = mkdtempSync(path.join(tmpdir(), 'towline-hidden-'));
before(async () => {
  builder = await DeviceRig.start();
  images = await buildImages(builder);
  writeFileSync(path.join(hidden, 'secret'), 'of the host');
});
after(async () => {
  await builder[Symbol.asyncDispose]();
  rmSync(hidden, { recursive: true, force: true });
});

interface Written {
  readonly service: string;
  readonly rest?: string;
}

/** What a device makes of the file: refusals, or the project that it runs. */
function judged(
  rig: DeviceRig,
  { service, rest = '' }: Written,
): { project?: DesiredProject; refused: string[] } {
  const text = `services:\n  app:\n    image: ${images.worker}\n    restart: always\n    ${service}\n${rest}`;
  const { model, problems, positionOf } = load(text, { projectName: rig.project });
  assert.deepEqual(problems.map(formatProblem), []);
  assert.ok(model);
  const refused = checkForDevice(model, {}, positionOf).map(formatProblem);
  if (refused.length > 0) return { refused };
  return {
    project: { ...makeProject(rig.project, { services: {} }), model, digest: `sha256:${text}` },
    refused,
  };
}

/** Runs what is not refused. @returns whether the container can do it */
async function can(rig: DeviceRig, written: Written, script: string): Promise<boolean> {
  const { project, refused } = judged(rig, written);
  if (project === undefined) {
    assert.match(refused.join('\n'), /engine\.\w+|goes back/);
    return false;
  }
  const { outcome } = await rig.pass([project]);
  if (outcome.outcome !== 'applied') {
    assert.match(outcome.projects[0]?.message ?? '', /mount/);
    return false;
  }
  return (await rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', script])) === 0;
}

const mounted = (options: string): Written => ({
  service: 'volumes: ["vol:/host"]',
  rest: `volumes: {vol: {driver_opts: {${options}}}}\n`,
});

for (const type of ['tmpfs', 'nfs', 'overlay', 'none']) {
  test(`a volume of type ${type} that is a bind mount shows no file of the host`, async () => {
    await using rig = await DeviceRig.start();
    const written = mounted(`type: ${type}, o: "rw,bind", device: /`);
    assert.equal(await can(rig, written, `cat /host${hidden}/secret`), false);
  });
}

test('a volume whose device is relative to the engine shows no file of the host', async () => {
  await using rig = await DeviceRig.start();
  const written = mounted(`o: "bind,rw", device: "${hidden.slice(1)}"`);
  assert.equal(await can(rig, written, 'cat /host/secret'), false);
});

test('a volume of type proc gives no writable /proc', async () => {
  await using rig = await DeviceRig.start();
  assert.equal(
    await can(rig, mounted('type: proc, device: proc'), 'echo 0 > /host/sys/vm/overcommit_memory'),
    false,
  );
});

test('a volume of type sysfs gives no writable /sys', async () => {
  await using rig = await DeviceRig.start();
  assert.equal(await can(rig, mounted('type: sysfs, device: sysfs'), 'ls /host/kernel'), false);
});

test('a network named like the network mode of another container is not joined', async () => {
  await using rig = await DeviceRig.start();
  await using other = await DeviceRig.start();
  await other.pass([
    makeProject(other.project, { services: { app: { image: images.worker, restart: 'always' } } }),
  ]);
  const written = {
    service: 'networks: [n]',
    rest: `networks: {n: {name: "container:${other.project}-app-1"}}\n`,
  };
  const { refused } = judged(rig, written);
  assert.match(refused.join(), /COMPOSE_POLICY_REFUSED networks\.n\.name/);
});

test('a device reaches an address of the site, and not an app that has chosen it', async () => {
  await using rig = await DeviceRig.start();
  const written = {
    service: 'networks: [n]',
    rest: 'networks: {n: {ipam: {config: [{subnet: 198.51.100.0/24}]}}}\n',
  };
  assert.equal(await can(rig, written, 'true'), false);
});

const worker = (source: string, target: string): ServiceModel => ({
  image: images.worker,
  restart: 'always',
  volumes: [{ type: 'bind', source: `/project/${source}`, target, bind: { create_host_path: true } }],
});

test('a link that release 1 makes in its data folder leads release 2 nowhere; release 1 runs on', async () => {
  await using rig = await DeviceRig.start();
  const first = makeProject(rig.project, { services: { app: worker('data', '/data') } });
  assert.equal((await rig.pass([first])).outcome.outcome, 'applied');
  const container = `${rig.project}-app-1`;
  assert.equal(await rig.exec(container, ['/bin/busybox', 'ln', '-s', hidden, '/data/link']), 0);
  const running = (await rig.inspect(container)).Id;
  const second = makeProject(rig.project, { services: { app: worker('data/link', '/host') } });
  const { outcome } = await rig.pass([second]);
  assert.notEqual(
    await rig.exec(container, ['/bin/sh', '-c', 'cat /host/secret']),
    0,
    'the file of the host is seen',
  );
  assert.equal(outcome.projects[0]?.code, 'COMPOSE_BIND_REFUSED', JSON.stringify(outcome.projects[0]));
  assert.match(outcome.projects[0]?.message ?? '', /data\/link.*engine\.privileged/);
  assert.equal((await rig.inspect(container)).Id, running);
});

test('a volume that is a bind mount below the data folder is judged alike', async () => {
  await using rig = await DeviceRig.start();
  const first = makeProject(rig.project, { services: { app: worker('data', '/data') } });
  await rig.pass([first]);
  const container = `${rig.project}-app-1`;
  assert.equal(await rig.exec(container, ['/bin/busybox', 'ln', '-s', hidden, '/data/link']), 0);
  const second = makeProject(rig.project, {
    services: {
      app: {
        image: images.worker,
        restart: 'always',
        volumes: [{ type: 'volume', source: 'v', target: '/host', volume: {} }],
      },
    },
    volumes: {
      v: { driver: 'local', driver_opts: { type: 'none', o: 'bind', device: '/project/data/link' } },
    },
  });
  const { outcome } = await rig.pass([second]);
  assert.notEqual(await rig.exec(container, ['/bin/sh', '-c', 'cat /host/secret']), 0);
  assert.equal(outcome.projects[0]?.code, 'COMPOSE_BIND_REFUSED');
});

test('a detour through a link that release 1 made leads a volume of release 2 nowhere', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([makeProject(rig.project, { services: { app: worker('data', '/data') } })]);
  const deep = path.join(hidden, 'a', 'b');
  mkdirSync(deep, { recursive: true });
  mkdirSync(path.join(hidden, 'e'));
  writeFileSync(path.join(hidden, 'e', 'secret'), 'of the host');
  await rig.exec(`${rig.project}-app-1`, ['/bin/busybox', 'ln', '-s', deep, '/data/x']);
  const detour = '/project/data/x/../../e';
  const written = {
    service: 'volumes: ["vol:/host"]',
    rest: `volumes: {vol: {driver_opts: {type: none, o: bind, device: ${detour}}}}\n`,
  };
  assert.equal(await can(rig, written, 'cat /host/secret'), false);
});

test('what a removed release could write is remembered by an agent that starts again', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([makeProject(rig.project, { services: { app: worker('data', '/data') } })]);
  await rig.exec(`${rig.project}-app-1`, ['/bin/busybox', 'ln', '-s', hidden, '/data/link']);
  await rig.pass([]);
  rig.restart();
  const { outcome } = await rig.pass([
    makeProject(rig.project, { services: { app: worker('data/link', '/host') } }),
  ]);
  assert.equal(outcome.projects[0]?.code, 'COMPOSE_BIND_REFUSED');
  assert.deepEqual(await rig.containers(), []);
});

test('with two services in one release the link of one leads the other nowhere', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: { app: worker('data', '/data'), other: worker('data/link', '/host') },
  });
  const { outcome } = await rig.pass([project]);
  assert.equal(outcome.projects[0]?.code, 'COMPOSE_BIND_REFUSED');
  assert.deepEqual(await rig.containers(), []);
});

test('a network of the host that is there under another name is not joined as an external one', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: { app: { image: images.worker, networks: { n: null } } },
    networks: { n: { name: 'host', external: true } },
  });
  const { outcome } = await rig.pass([project]);
  assert.equal(outcome.projects[0]?.code, 'COMPOSE_POLICY_REFUSED', JSON.stringify(outcome.projects[0]));
  assert.match(outcome.projects[0]?.message ?? '', /engine\.hostNamespaces/);
});

test('an external volume that is a bind mount of the host is not mounted', async () => {
  await using rig = await DeviceRig.start();
  const name = `${rig.project}_outside`;
  mkdirSync(path.join(hidden, 'sub'), { recursive: true });
  await rig.post(
    '/volumes/create',
    {},
    { Name: name, DriverOpts: { type: 'none', o: 'bind', device: hidden } },
  );
  const project = makeProject(rig.project, {
    services: {
      app: {
        image: images.worker,
        restart: 'always',
        volumes: [{ type: 'volume', source: 'v', target: '/host', volume: {} }],
      },
    },
    volumes: { v: { name, external: true } },
  });
  const { outcome } = await rig.pass([project]);
  assert.equal(outcome.projects[0]?.code, 'COMPOSE_BIND_REFUSED', JSON.stringify(outcome.projects[0]));
  assert.match(outcome.projects[0]?.message ?? '', /engine\.bindRoots/);
});
