/** What people see of a backup before an update: at `towline plan`, and in the review of a branch. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { beginAnew, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';
import { base, branch, commit, head, release, reviewed } from './branch.ts';

async function backUp(fleet: TestFleet, version: string, settings: string): Promise<void> {
  const file = `apps/hello/releases/${version}/app.yaml`;
  const text = await readFile(path.join(fleet.directory, file), 'utf8');
  await fleet.write(file, `${text.replace(/\nbackup: .*\n$/, '')}\nbackup: ${settings}\n`);
}

test('an update is planned and reviewed with its backup: of which volume, who is down, what becomes of the data where it fails', async () => {
  await using fleet = await makeReleasedFleet();
  await backUp(fleet, '1.0.0', '{ volumes: all, onRollback: restore }');
  await beginAnew(fleet);
  await branch(fleet);
  await release(fleet);
  const facts = 'apps/hello/releases/1.1.0/release.yaml';
  // Of the worker, which holds the volume.
  await fleet.replace(facts, '0'.repeat(64), '2'.repeat(64));
  const text = await readFile(path.join(fleet.directory, facts), 'utf8');
  await fleet.write(facts, `${text}migration: one-way\n`);
  const said = async (settings: string) => {
    await backUp(fleet, '1.1.0', settings);
    await commit(fleet);
    const [plan] = (await reviewed(fleet)).plans;
    const args = ['plan', 'pump-1', '--repo', fleet.directory, '--base', base, '--commit', head];
    const { output } = await towline(args);
    return { notes: plan?.apps[0]?.notes ?? [], output };
  };
  const back = await said('{ volumes: all, onRollback: restore }');
  const step = 'back up hello_data';
  assert.ok(
    back.notes.some(note => note.startsWith(`${step}: `) && note.includes(' down')),
    back.notes.join('\n'),
  );
  const words = 'if the update fails once it has run, its data goes back to the backup';
  assert.ok(back.notes.some(note => note.startsWith(words)));
  assert.ok(back.notes.some(note => note.includes('no earlier release can read it')));
  assert.ok(back.output.includes(`    ${step}: `), back.output);
  assert.ok(back.output.includes(`hello: ${words}`), back.output);
  await fleet.write(facts, text);
  const stays = await said('{ volumes: all, required: false }');
  assert.ok(stays.notes.some(note => /its data stays as .*; without a backup, /.test(note)));
  const none = await said('{ volumes: all, before: schedule, schedule: "0 3 * * *" }');
  assert.deepEqual(
    none.notes.filter(note => /back/.test(note)),
    [],
  );
});
