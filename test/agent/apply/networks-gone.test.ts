/** Networks that are removed, or made anew by somebody else, while containers that are attached to them are stopped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

test('networks of an app are pruned while its containers are stopped: networks and containers are made anew', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: { app: worker(), both: worker({ networks: { default: null, x: null } }) },
    networks: { x: {} },
  });
  await rig.pass([project]);
  for (const service of ['app', 'both']) await rig.post(`/containers/${rig.project}-${service}-1/stop`);
  for (const key of ['default', 'x']) await rig.delete(`/networks/${rig.project}_${key}`);
  const { outcome, reasons } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.ok(reasons.includes(`create-container: network ${rig.project}_default is gone`), reasons.join('; '));
  assert.deepEqual((await rig.plan([project])).steps, []);
});

test('an external network is made anew while a container is stopped: the container is made anew', async () => {
  await using rig = await DeviceRig.start();
  const Name = `${rig.project}ext`;
  await rig.post('/networks/create', {}, { Name });
  const project = makeProject(rig.project, {
    services: { app: worker({ networks: { x: null } }) },
    networks: { x: { name: Name, external: true } },
  });
  await rig.pass([project]);
  await rig.post(`/containers/${rig.project}-app-1/stop`);
  await rig.delete(`/networks/${Name}`);
  await rig.post('/networks/create', {}, { Name });
  const { outcome, reasons } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.ok(reasons.includes(`create-container: network ${Name} is gone`), reasons.join('; '));
  assert.deepEqual((await rig.plan([project])).steps, []);
});

test('a one-shot that ended well is not run again because its network was pruned', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: { once: { image: images.once, restart: 'no', networks: { x: null } } },
    networks: { x: {} },
  });
  await rig.pass([project]);
  await rig.delete(`/networks/${rig.project}_x`);
  const { reasons } = await rig.pass([project]);
  assert.deepEqual(
    reasons.filter(reason => reason.includes('container')),
    [],
  );
  assert.deepEqual((await rig.plan([project])).steps, []);
});
