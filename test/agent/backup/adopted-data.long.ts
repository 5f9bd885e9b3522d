/** Data of an app whose containers docker compose has made: cut off in a restore, and taken back with a version that failed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineRequest } from '../../../agent/runtime/engine/engine.ts';
import { adoptedApp } from './adopted-app.ts';
import { KilledAgent } from './killed-agent.ts';

type Request = EngineRequest<unknown>;
const bodyOf = ({ body }: Request) => JSON.stringify(body ?? '');

/** What the agent is killed before. */
const places: Readonly<Record<string, (request: Request) => boolean>> = {
  'the first stop': ({ path }) => path.endsWith('/stop'),
  'a restart policy is taken': request => bodyOf(request).includes('"Name":"no"'),
  'the exchange': request => bodyOf(request).includes('exchange'),
  'a restart policy is given back': request => bodyOf(request).includes('"Name":"on-failure"'),
};

for (const [when, isLast] of Object.entries(places))
  test(`killed before ${when}, the next pass has put back the backup, and all runs`, async () => {
    await using app = await adoptedApp();
    const { rig } = app;
    await app.pass(app.release('0'));
    await app.write('one');
    await app.pass(app.release('1'));
    await app.write('two');
    const wanted = app.release('1', { restore: { backup: (await app.backup()).id, migrate: false } });
    const agent = new KilledAgent(rig, 0).before(isLast);
    const { engine, signal } = agent;
    await assert.rejects(rig.pass([wanted], { engine, signal, parallelSteps: 1 }), /killed/);
    await app.comeUp();
    rig.restart();
    await app.pass(wanted);
    await app.assertRuns('one', when);
    assert.deepEqual((await rig.plan([wanted])).steps, []);
  });

test('a version that fails is taken back with its data, and what is docker compose’s goes on as it was', async () => {
  await using app = await adoptedApp({ onRollback: 'restore' });
  const { rig } = app;
  const { Id: side } = await app.inspect('side');
  const before = app.release('0');
  await app.pass(before);
  await app.write('one');
  const fails = app.release('1');
  const { web = {} } = fails.model.services;
  const command = ['/bin/sh', '-c', 'echo spoilt > /data/row; while :; do sleep 1; done'];
  const healthcheck = { test: ['CMD', '/bin/sh', '-c', 'exit 1'], interval: '200ms', retries: 1 };
  const model = {
    ...fails.model,
    services: { ...fails.model.services, web: { ...web, command, healthcheck } },
  };
  const bad = { ...fails, model, digest: 'sha256:bad' };
  const { outcome } = await rig.pass([bad]);
  assert.equal(outcome.projects[0]?.state, 'rolled-back', JSON.stringify(outcome));
  await app.assertRuns('one');
  assert.equal((await app.inspect('side')).Id, side);
});
