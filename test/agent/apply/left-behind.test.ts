/** What an app has left on the engine, and what an image says of itself, give another app nothing. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { MountModel, ServiceModel } from '../../../core/compose/value/model.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig, type PassResult } from '../../../lab/rig/device-rig.ts';

let images: Awaited<ReturnType<typeof buildImages>>;
let builder: DeviceRig;
before(async () => {
  builder = await DeviceRig.start();
  images = await buildImages(builder);
});
const seen = new Set<string>();
after(async () => {
  for (const name of seen) await builder.delete(`/volumes/${name}`).catch(() => undefined);
  await builder[Symbol.asyncDispose]();
});

const worker = (more: Services[string]) => ({ image: images.worker, restart: 'always', ...more });
const mounting: MountModel[] = [{ type: 'volume', source: 'v', target: '/data', volume: {} }];
const told = ({ outcome }: PassResult, project: string) =>
  outcome.projects.find(({ project: name }) => name === project);

test('the volume that a removed app has left is no other app’s, made or external; its own app has it again', async () => {
  await using rig = await DeviceRig.start();
  const [bank, evil] = [`${rig.project}bank`, `${rig.project}evil`];
  const name = `${bank}_v`;
  seen.add(name);
  const owner = makeProject(bank, { services: { app: worker({ volumes: mounting }) }, volumes: { v: {} } });
  assert.equal((await rig.pass([owner])).outcome.outcome, 'applied');
  await rig.exec(`${bank}-app-1`, ['/bin/touch', '/data/money']);
  assert.equal((await rig.pass([])).outcome.outcome, 'applied');
  for (const definition of [{ name, external: true }, { name }]) {
    const taker = makeProject(evil, {
      services: { app: worker({ volumes: mounting }) },
      volumes: { v: definition },
    });
    const result = await rig.pass([taker]);
    assert.equal(told(result, evil)?.code, 'ENGINE_OF_ANOTHER_APP', JSON.stringify(result.outcome));
    assert.deepEqual(await rig.containers(), []);
  }
  assert.equal((await rig.pass([owner])).outcome.outcome, 'applied');
  assert.equal(await rig.exec(`${bank}-app-1`, ['/bin/ls', '/data/money']), 0);
});

test('a label of its image does not mount another app’s anonymous volume', async () => {
  await using rig = await DeviceRig.start();
  const [bank, evil] = [`${rig.project}bank`, `${rig.project}evil`];
  const anonymous: ServiceModel = { volumes: [{ type: 'volume', target: '/data', volume: {} }] };
  const owner = makeProject(bank, { services: { app: worker(anonymous) } });
  await rig.pass([owner]);
  const { Id, Mounts } = await rig.inspect(`${bank}-app-1`);
  const volume = Mounts?.[0]?.Name ?? '';
  assert.match(volume, /^[0-9a-f]{64}$/);
  const changes = `LABEL io.towline.volumes='${JSON.stringify({ '/data': volume })}'`;
  const query = { container: Id, repo: `${rig.project}-labelled`, tag: '1', changes };
  await rig.engine.call({ method: 'POST', path: '/commit', query }, rig.signal);
  const image = `${query.repo}:1`;
  const make = (more: Services[string]) =>
    makeProject(evil, { services: { app: worker({ image, ...more }) } });
  await rig.pass([owner, make({})]);
  await rig.pass([owner, make(anonymous)]);
  const mounted = await rig.inspect(`${evil}-app-1`);
  assert.equal(mounted.Mounts?.length, 1);
  assert.notEqual(mounted.Mounts?.[0]?.Name, volume);
  for (const { Name } of [...(mounted.Mounts ?? []), ...(Mounts ?? [])])
    if (Name !== undefined) seen.add(Name);
  await rig.pass([]);
  await rig.delete(`/images/${image}?force=true`);
});
