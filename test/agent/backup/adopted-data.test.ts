/** Data of an app whose containers docker compose has made: kept before an update, and put back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adoptedApp } from './adopted-app.ts';

test('what an app has taken over is stopped for its backup and for a restore, and goes on as it was', async () => {
  await using app = await adoptedApp();
  const { rig } = app;
  const { Id: side } = await app.inspect('side');
  await app.pass(app.release('0'));
  await app.write('one');
  assert.equal((await app.pass(app.release('1'))).length, 2);
  await app.assertRuns('one');
  await app.write('two');
  const { id: backup, services } = await app.backup();
  assert.deepEqual(services, ['side', 'web']);
  const wanted = app.release('1', { restore: { backup, migrate: false } });
  assert.equal((await app.pass(wanted)).length, 2);
  await app.assertRuns('one');
  rig.restart();
  assert.deepEqual(await app.pass(wanted), []);
  assert.deepEqual((await rig.plan([wanted])).steps, []);
  await app.assertRuns('one');
  assert.equal((await app.inspect('side')).Id, side);
});
