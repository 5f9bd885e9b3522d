import assert from 'node:assert/strict';
import test from 'node:test';
import type { EngineRequest } from '../../../agent/runtime/engine/engine.ts';
import { clearEngine } from '../../../lab/rig/clear-engine.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

test('containers of one network go one after the other, and all go: those that leave at once can lock up the engine', async () => {
  await using rig = await DeviceRig.start();
  const web = await rig.images.kept('web');
  const network = `${rig.project}_net`;
  await rig.post('/networks/create', {}, { Name: network });
  for (const name of ['a', 'b', 'c']) {
    const { Id } = await rig.post(
      '/containers/create',
      { name: `${rig.project}-${name}` },
      { Image: web, HostConfig: { NetworkMode: network } },
    );
    await rig.post(`/containers/${Id}/start`);
  }
  const { engine, device, project, signal } = rig;
  let removing = 0;
  let most = 0;
  let removed = 0;
  const call = async <Answer>(request: EngineRequest<Answer>, over: AbortSignal): Promise<Answer> => {
    const isRemoval = request.method === 'DELETE' && request.path.startsWith('/containers/');
    if (isRemoval) most = Math.max(most, ++removing);
    try {
      return await engine.call(request, over);
    } finally {
      if (isRemoval) {
        removing--;
        removed++;
      }
    }
  };
  await clearEngine({ engine: { call }, device, project, signal });
  assert.deepEqual([most, removed], [1, 3]);
  const left = await engine.call<{ Names: string[] }[]>(
    { method: 'GET', path: '/containers/json', query: { all: true } },
    signal,
  );
  assert.deepEqual(
    left.filter(({ Names }) => Names.some(name => name.includes(project))),
    [],
  );
});
