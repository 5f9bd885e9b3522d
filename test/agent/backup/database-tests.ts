/** What holds for every database. */
import assert from 'node:assert/strict';
import type { Database } from '../../../lab/machine/database-image.ts';
import type { Around } from '../../../lab/rig/around-steps.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { WrittenDatabase } from './written-database.ts';

/** An update under write load changes the schema and breaks; it goes back with its data. */
export async function goesBackWithItsRows(database: Database): Promise<void> {
  await using rig = await DeviceRig.start();
  const written = await WrittenDatabase.make(rig, database);
  const first = await rig.pass([written.release(1, { mode: 'stop' })]);
  assert.equal(first.outcome.outcome, 'applied', JSON.stringify(first.outcome));
  await written.goesOn(10);
  let acknowledged: number[] = [];
  const around: Around = async (step, run) => {
    if (step.kind === 'back-up') acknowledged = await written.acknowledged();
    if (step.kind === 'restore-volumes')
      assert.deepEqual(await written.acknowledged(), acknowledged, 'nobody has written since');
    await run();
  };
  const { outcome } = await rig.pass([written.release(2, { mode: 'stop' })], { around });
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  assert.match(outcome.projects[0]?.message ?? '', /its data goes back/);
  assert.ok(acknowledged.length >= 10);
  await written.goesOn(3);
  const held = await written.held();
  assert.deepEqual(held.rows, held.acknowledged);
  assert.deepEqual(held.rows.slice(0, acknowledged.length), acknowledged);
}

/** What was acknowledged after a live backup is lost with it. */
export async function liveLosesRows(database: Database): Promise<void> {
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
  assert.ok(kinds.indexOf('back-up') < kinds.indexOf('stop-container'), kinds.join());
  await written.goesOn(3);
  const { rows, acknowledged } = await written.held();
  const there = new Set(rows);
  const lost = acknowledged.filter(row => !there.has(row));
  assert.ok(lost.length >= 5, `${lost.length} of ${acknowledged.length} are lost`);
}
