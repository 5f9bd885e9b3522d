/** Anonymous volumes of a container that is replaced: kept while they are declared, and not lost when they are not. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { MountModel, ServiceModel } from '../../../core/compose/value/model.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

let images: Awaited<ReturnType<typeof buildImages>>;
let builder: DeviceRig;
before(async () => {
  builder = await DeviceRig.start();
  images = await buildImages(builder);
});
/** Volumes that containers of these tests had: nothing removes those that are declared no more. */
const seen = new Set<string>();
after(async () => {
  for (const name of seen) await builder.delete(`/volumes/${name}`).catch(() => undefined);
  await builder[Symbol.asyncDispose]();
});

const anonymous: ServiceModel = { volumes: [{ type: 'volume', target: '/data', volume: {} }] };

const make = (rig: DeviceRig, extra: Services[string]) =>
  makeProject(rig.project, { services: { app: { image: images.worker, restart: 'always', ...extra } } });

async function mounts(rig: DeviceRig): Promise<string[]> {
  const { Mounts } = await rig.inspect(`${rig.project}-app-1`);
  return (Mounts ?? []).map(({ Type, Destination }) => `${Type} ${Destination}`);
}

const has = (rig: DeviceRig, file: string) => rig.exec(`${rig.project}-app-1`, ['/bin/ls', file]);

async function applied(rig: DeviceRig, extra: Services[string]): Promise<void> {
  const { outcome } = await rig.pass([make(rig, extra)]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  const { Mounts } = await rig.inspect(`${rig.project}-app-1`);
  for (const { Type, Name } of Mounts ?? []) if (Type === 'volume' && Name !== undefined) seen.add(Name);
}

test('an anonymous volume that is declared no more is not mounted again', async () => {
  await using rig = await DeviceRig.start();
  await applied(rig, anonymous);
  await applied(rig, { labels: { v: '2' } });
  assert.deepEqual(await mounts(rig), []);
});

test('in the place of an anonymous volume comes a tmpfs, then a bind with a label of SELinux', async () => {
  await using rig = await DeviceRig.start();
  await applied(rig, anonymous);
  await rig.exec(`${rig.project}-app-1`, ['/bin/touch', '/data/kept']);
  await applied(rig, { tmpfs: ['/data'] });
  assert.notEqual(await has(rig, '/data/kept'), 0);
  assert.deepEqual(await mounts(rig), []);
  const source = await mkdtemp(path.join(tmpdir(), 'towline-bound-'));
  const bind: MountModel = { type: 'bind', source, target: '/data', bind: { selinux: 'z' } };
  await applied(rig, { volumes: [bind] });
  assert.deepEqual(await mounts(rig), ['bind /data']);
  await applied(rig, anonymous);
  assert.equal(await has(rig, '/data/kept'), 0, 'declared again, it is the one with the data');
  await rm(source, { recursive: true });
});

test('an update that declares an anonymous volume no more is rolled back: its data is there again', async () => {
  await using rig = await DeviceRig.start();
  await applied(rig, anonymous);
  await rig.exec(`${rig.project}-app-1`, ['/bin/touch', '/data/kept']);
  // What crashes after 200 ms lives longer on a machine that has much to do, but never as long as this.
  const app = { image: images.crashing, restart: 'always' };
  const update = { stablePeriodMs: 5000 };
  const { outcome } = await rig.pass([makeProject(rig.project, { services: { app }, update })]);
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  assert.equal(await has(rig, '/data/kept'), 0);
});

test('a volume that the image declares is handed on, unless the service puts something else there', async () => {
  await using rig = await DeviceRig.start();
  const image = `towline-test/${rig.project}:1`;
  const [repo = '', tag = ''] = image.split(':');
  const base = await rig.post(
    '/containers/create',
    { name: `${rig.project}-base` },
    { Image: images.worker },
  );
  await rig.post('/commit', { container: base.Id, repo, tag, changes: 'VOLUME /data/' });
  try {
    await applied(rig, { image });
    await rig.exec(`${rig.project}-app-1`, ['/bin/touch', '/data/kept']);
    await applied(rig, { image, labels: { v: '2' } });
    assert.equal(await has(rig, '/data/kept'), 0);
    await applied(rig, { image, tmpfs: ['/data'] });
    assert.notEqual(await has(rig, '/data/kept'), 0);
    await applied(rig, { image });
    assert.equal(await has(rig, '/data/kept'), 0);
    await rig.delete(`/containers/${rig.project}-app-1`, { force: true, v: true });
  } finally {
    await rig.delete(`/images/${image}`);
  }
});
