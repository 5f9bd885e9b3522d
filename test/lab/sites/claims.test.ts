/** What a lab takes for its own, and what it leaves alone: nothing here makes one. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { isTowlineError } from '../../../core/errors.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { labOfDevices } from '../../../lab/sites/lab-file.ts';
import { labCommands } from '../../../lab/sites/lab-machine.ts';
import { markOf, stateFolder } from '../../../lab/sites/lab-places.ts';
import { makeLab } from '../../../lab/sites/make-lab.ts';
import { sweep } from '../../../lab/sites/sweep.ts';

requireCommands(labCommands);

const scratch = mkdtempSync(path.join(tmpdir(), 'tl-claims-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const name = `c${process.pid}`;
const { signal } = new AbortController();
const refusal = (folder: string) =>
  makeLab({ name, folder, file: labOfDevices(1) }, signal).then(
    () => assert.fail('it was made'),
    (error: unknown) => (isTowlineError(error) ? error.code : String(error)),
  );

test('a process that has the name of a lab among its words is not ended by its `down`', async () => {
  const words = ['-e', 'console.log(1); setInterval(() => {}, 1e6)', markOf(name)];
  const reader = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(reader.stdout, 'data');
  const ended = once(reader, 'exit');
  await sweep(name);
  reader.kill('SIGTERM');
  assert.deepEqual(await ended, [null, 'SIGTERM']);
});

test('a folder that is there stays as it is, also where it is an empty one or a link, and the name is free again', async () => {
  const folder = path.join(scratch, 'kept');
  mkdirSync(folder);
  symlinkSync('nowhere', path.join(scratch, 'link'));
  writeFileSync(path.join(scratch, 'file'), '');
  for (const there of ['kept', 'link', 'file'])
    assert.equal(await refusal(path.join(scratch, there)), 'LAB_EXISTS', there);
  assert.equal(await refusal('/proc/self/lab'), 'LAB_STEP');
  assert.equal(existsSync(folder), true);
  assert.equal(existsSync(stateFolder(name)), false);
});

test('a folder whose name a shell would read otherwise is refused before anything is made', async () => {
  for (const folder of ['my lab', 'a;touch b', '$(id)', 'a\nb', "it's", 'a:b', 'a,b'])
    assert.equal(await refusal(path.join(scratch, folder)), 'CLI_USAGE', folder);
  assert.equal(existsSync(stateFolder(name)), false);
});
