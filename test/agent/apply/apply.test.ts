import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeProject } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

test('a project is brought up healthy in dependency order, and the next plan is empty', async () => {
  await using rig = await DeviceRig.start();
  const images = await buildImages(rig);
  const project = makeProject(rig.project, {
    services: {
      db: { image: images.web, restart: 'always' },
      app: {
        image: images.worker,
        restart: 'always',
        depends_on: { db: { condition: 'service_healthy', required: true } },
      },
    },
    networks: { front: {} },
    volumes: { data: {} },
  });
  const first = await rig.pass([project]);
  assert.equal(first.outcome.outcome, 'applied', JSON.stringify(first.outcome));
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  assert.equal((await rig.inspect(`${rig.project}-db-1`)).State.Health?.Status, 'healthy');
  const second = await rig.pass([project]);
  assert.deepEqual(second.reasons, []);
  assert.equal(second.outcome.outcome, 'unchanged');
});
