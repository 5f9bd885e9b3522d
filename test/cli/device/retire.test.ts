import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { makeFleet } from '../fleet.ts';
import { git, towline } from '../towline.ts';
import { Clone } from '../trust/runbook.ts';

test('device retire writes what becomes of its apps, by its name where all goes, and takes it back', async () => {
  await using fleet = await makeFleet();
  const repo = ['--repo', fleet.directory];
  await fleet.write('devices/till-7.yaml', 'apiVersion: towline/v1 # the corner\ntunnel: closed\n');
  const file = () => readFile(path.join(fleet.directory, 'devices/till-7.yaml'), 'utf8');
  // At the desk, line by line as the guide has them, but for what needs a gateway; pushed to a remote.
  const page = await readFile(path.join(import.meta.dirname, '../../../docs/guides/retire.md'), 'utf8');
  const lines = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );
  const typed = lines.filter(line => /^towline device /.test(line));
  assert.equal(typed.length, 2, lines.join('\n'));
  const desk = new Clone(fleet.directory);
  await fleet.write('devices/pump-17.yaml', 'apiVersion: towline/v1\ntunnel: closed\n');
  await desk.does('git add --all && git commit -m "till-7 and pump-17"');
  const origin = path.join(fleet.folder, 'origin.git');
  await desk.does(`git init -q --bare -b main ${origin} && git push -q --no-verify ${origin} main`);
  await fleet.git('remote', 'add', 'origin', origin);
  for (const [index, line] of typed.entries()) {
    await desk.does(line);
    const text = await git(origin, 'show', 'main:devices/pump-17.yaml');
    assert.equal(text.includes('retired:'), index === 0, line);
  }
  const retire = (...args: string[]) => towline(['device', 'retire', ...args, '--worktree', ...repo]);
  const stopped = await retire('till-7');
  assert.equal(stopped.code, 0, stopped.errors);
  assert.match(
    stopped.output,
    /wrote devices\/till-7\.yaml\ntill-7 leaves the fleet, once that is committed and pushed\nThen its apps are stopped/,
  );
  assert.match(await file(), /# the corner\n.*^retired:\n {2}apps: stop$/ms);
  const all = await retire('till-7', '--apps', 'remove-with-volumes', '--json');
  assert.deepEqual(JSON.parse(all.output), {
    devices: ['till-7'],
    retired: 'remove-with-volumes',
    how: 'written',
    files: ['devices/till-7.yaml'],
  });
  assert.match(await file(), /^ {4}remove-with-volumes: till-7$/m);
  assert.equal((await towline(['validate', fleet.directory, '--worktree'])).code, 0);
  const back = await retire('till-7', '--undo');
  assert.match(back.output, /systemctl restart towline-agent/);
  assert.doesNotMatch(await file(), /retired/);
  assert.match((await retire('till-8')).errors, /till-8/);
  assert.equal((await retire('till-7', '--apps', 'burn')).code, 2);
});
