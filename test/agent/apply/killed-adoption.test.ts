/** Killed after any step of an adoption in which a container differs, the next pass ends it: what is equal was never touched. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strideOf } from '../../rig/every.ts';
import { adopted } from './adopted.ts';

const files = {
  'compose.yaml':
    'services:\n  web: {image: IMAGE_WORKER, volumes: ["data:/data", /own]}\n  side: {image: IMAGE_WORKER}\nvolumes: {data: {}}\n',
};

test('killed after any step of an adoption, the next pass converges; the container that is equal runs on', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const inspect = (service: string) => rig.inspect(`${rig.project}-${service}-1`);
  const side = await inspect('side');
  await rig.exec((await inspect('web')).Id, [
    '/bin/sh',
    '-c',
    'echo kept > /data/file; echo own > /own/file',
  ]);
  for (let steps = 1; ; steps += strideOf(2)) {
    // Docker compose's again, whoever has made it.
    await project.compose('2.40', 'up', '-d', '--force-recreate', 'web');
    rig.restart();
    const app = project.app(model => ({
      ...model,
      services: { ...model.services, web: { ...model.services.web, environment: { ROUND: String(steps) } } },
    }));
    const killer = new AbortController();
    let count = 0;
    const pass = rig.pass([app], {
      signal: killer.signal,
      parallelSteps: 1,
      around: async (_, run) => {
        killer.signal.throwIfAborted();
        await run();
        if (++count === steps) killer.abort(new Error('killed'));
      },
    });
    const killed = await pass.then(
      () => false,
      () => true,
    );
    rig.restart();
    const { outcome } = await rig.pass([app]);
    assert.equal(outcome.projects[0]?.state, 'healthy', `${steps}: ${JSON.stringify(outcome)}`);
    assert.deepEqual((await rig.plan([app])).steps, []);
    const data = ['/bin/sh', '-c', 'test "$(cat /data/file)" = kept'];
    assert.equal(await rig.exec((await inspect('web')).Id, data), 0);
    if (!killed) break;
    assert.ok(steps < 20);
  }
  const { Id, State } = await inspect('side');
  assert.deepEqual([Id, State.StartedAt], [side.Id, side.State.StartedAt]);
});
