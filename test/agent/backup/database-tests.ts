/** What holds for every database. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../../lab/machine/database-image.ts';
import type { Around } from '../../../lab/rig/around-steps.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { WrittenDatabase } from './written-database.ts';

export function databaseTests(database: Database): void {
  test(`${database}: after a schema change that broke, the backup has the rows that were acknowledged before the stop, and none besides`, async () => {
    await using rig = await DeviceRig.start();
    const written = await WrittenDatabase.make(rig, database);
    const first = await rig.pass([written.release(1, { mode: 'stop' })]);
    assert.equal(first.outcome.outcome, 'applied', JSON.stringify(first.outcome));
    await written.goesOn(10);
    let acknowledged: number[] = [];
    const around: Around = async (step, run) => {
      if (step.kind === 'back-up') acknowledged = await written.acknowledged();
      await run();
    };
    const { outcome } = await rig.pass([written.release(2, { mode: 'stop' })], { around });
    assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
    assert.ok(acknowledged.length >= 10);
    assert.deepEqual(
      await written.acknowledged(),
      acknowledged,
      'the old version cannot write to the new schema',
    );
    await written.putBack();
    await written.goesOn(3);
    const held = await written.held();
    assert.deepEqual(held.rows, held.acknowledged);
    assert.deepEqual(held.rows.slice(0, acknowledged.length), acknowledged);
  });

  test(`${database}: a live backup has not what was acknowledged after it, and that is lost`, async () => {
    await using rig = await DeviceRig.start();
    const written = await WrittenDatabase.make(rig, database);
    await rig.pass([written.release(1, { mode: 'live' })]);
    await written.goesOn(10);
    const around: Around = async (step, run) => {
      await run();
      if (step.kind === 'back-up') await written.goesOn(5);
    };
    const { outcome, plan } = await rig.pass([written.release(2, { mode: 'live' })], { around });
    assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
    const kinds = plan.steps.map(({ kind }) => kind);
    assert.ok(
      kinds.indexOf('back-up') < kinds.indexOf('stop-container') || !kinds.includes('stop-container'),
    );
    const before = await written.acknowledged();
    await written.putBack();
    await written.goesOn(3);
    const rows = new Set((await written.held()).rows);
    const lost = before.filter(row => !rows.has(row));
    assert.ok(lost.length >= 5, `${lost.length} of ${before.length} are lost`);
  });
}
