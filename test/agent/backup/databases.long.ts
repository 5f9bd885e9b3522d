/** The databases that take longer: as Debian has them, under write load. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Around } from '../../../lab/rig/around-steps.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { goesBackWithItsRows, liveLosesRows } from './database-tests.ts';
import { WrittenDatabase } from './written-database.ts';

for (const database of ['redis', 'postgres'] as const) {
  test(`${database}: an update that breaks the schema goes back with the rows that were acknowledged before the stop, and none besides`, () =>
    goesBackWithItsRows(database));
  test(`${database}: a live backup has not what was acknowledged after it, and that is lost`, () =>
    liveLosesRows(database));
}

test('postgres: a dump by the command before the backup has all that was acknowledged until then; a command that fails stops the update', async () => {
  await using rig = await DeviceRig.start();
  const written = await WrittenDatabase.make(rig, 'postgres');
  const release = (number: 1 | 2, script: string) =>
    written.release(number, {
      ...{ volumes: ['dump'], mode: 'hook', onRollback: 'keep' },
      pre: { service: 'app', command: ['/bin/sh', '-c', script], timeoutMs: 120_000 },
    });
  const dump = 'pg_dump -h /tmp -d postgres -f /dump/dump';
  const first = await rig.pass([release(1, dump)]);
  assert.equal(first.outcome.outcome, 'applied', JSON.stringify(first.outcome));
  await written.goesOn(10);
  const refused = await rig.pass([release(2, `${dump}; echo no tape in the drive >&2; exit 3`)]);
  const [{ code, state, message = '' } = {}] = refused.outcome.projects;
  assert.deepEqual([code, state], ['BACKUP_HOOK_FAILED', 'degraded']);
  assert.match(message, /no tape in the drive/);
  await written.goesOn(10);
  await rig.store.update(rig.project, { attempts: undefined });
  let acknowledged: number[] = [];
  const around: Around = async (step, run) => {
    if (step.kind === 'backup-hook') acknowledged = await written.acknowledged();
    await run();
  };
  const { outcome } = await rig.pass([release(2, dump)], { around });
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  await written.takeDump();
  const restore = `psql -h /tmp -d postgres -qc 'CREATE DATABASE again' &&
    psql -h /tmp -d again -q -v ON_ERROR_STOP=1 -f /acks/dump >/dev/null &&
    psql -h /tmp -d again -qAt -c 'SELECT n FROM rows ORDER BY n' >/acks/again`;
  assert.equal(await written.shell(restore), 0);
  const rows = await written.written('again');
  assert.ok(acknowledged.length >= 20);
  assert.deepEqual(rows.slice(0, acknowledged.length), acknowledged);
});
