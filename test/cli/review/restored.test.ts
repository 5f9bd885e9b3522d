/** A branch that asks for data to go back: the review says so, and what is down meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planTable } from '../../../cli/review/markdown/plan-section.ts';
import { makeReleasedFleet } from '../fleet.ts';
import { branch, commit, reviewed } from './branch.ts';

test('a restore that a branch asks for is named, with what stops for it; one that stood there is not', async () => {
  await using fleet = await makeReleasedFleet();
  const request = (file: string, backup: string) =>
    fleet.replace(file, 'tunnel: closed', `restore: { app: hello, backup: ${backup} }\ntunnel: closed`);
  const [old, fresh] = ['20261129T041500Z-1a2b3c4d', '20261130T041500Z-1a2b3c4d'];
  await request('devices/berlin/pump-2.yaml', old);
  await commit(fleet);
  await branch(fleet);
  await request('devices/berlin/pump-1.yaml', fresh);
  await commit(fleet);
  const { changes, plans, problems } = await reviewed(fleet);
  assert.deepEqual(changes, [
    { area: 'devices', what: `the data of hello goes back to backup ${fresh}: pump-1` },
  ]);
  assert.deepEqual(
    plans.map(({ devices, apps }) => [devices.first, apps[0]?.down?.services, apps[0]?.volumes]),
    [[['pump-1'], ['web', 'worker'], [{ name: 'hello_data', change: 'restored' }]]],
  );
  assert.equal(problems.count, 0);
  assert.match(planTable(plans).join('\n'), /`hello_data` \*\*put back as a backup has it\*\*/);
});
