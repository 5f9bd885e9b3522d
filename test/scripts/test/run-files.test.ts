import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runFiles } from '../../../scripts/test/run-files.ts';
import { TestFolder } from './test-folder.ts';

const green = `import test from 'node:test'; test('green', () => {});`;
const endless = `${green} import { writeFileSync } from 'node:fs';
writeFileSync('pid', String(process.pid)); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
/** What it leaves behind holds its output, and the runner waits for that. */
const leaves = `${green} import { spawn } from 'node:child_process';
spawn('sleep', ['3041'], { stdio: 'inherit', detached: true }).unref();
await new Promise(resolve => setTimeout(resolve, 2500));`;

test('a file that does not end by itself is ended with what it has started, and those after it run', async t => {
  using folder = new TestFolder({ 'a.test.mjs': endless, 'b.test.mjs': leaves, 'c.test.mjs': green });
  const bystander = spawn('sleep', ['3042'], { stdio: 'ignore' });
  t.after(() => bystander.kill());
  const run = await runFiles({
    ...folder.options(['a.test.mjs', 'b.test.mjs', 'c.test.mjs']),
    fileLimitMs: 5000,
  });
  assert.equal(run.code, 1);
  assert.match(
    folder.said,
    /longer than 5 s, ended with all that it has started:\n {2}a\.test\.mjs, for \d+ s/,
  );
  assert.match(folder.said, /longer than 5 s[^!]*b\.test\.mjs, for/);
  assert.doesNotMatch(folder.said, /c\.test\.mjs/);
  assert.deepEqual(
    run.files.map(({ file, ended, failures }) => [
      path.basename(file),
      ended !== undefined,
      failures.length > 0,
    ]),
    [
      ['a.test.mjs', true, true],
      ['b.test.mjs', true, false],
      ['c.test.mjs', true, false],
    ],
  );
  assert.deepEqual([bystander.exitCode, bystander.signalCode], [null, null]);
});

test('when the time for all is over, what still runs is named and ended, and it is red', async () => {
  using folder = new TestFolder({ 'a.test.mjs': endless, 'b.test.mjs': green });
  const run = await runFiles({
    ...folder.options(['a.test.mjs', 'b.test.mjs']),
    deadline: Date.now() + 6000,
  });
  assert.equal(run.code, 1);
  assert.match(
    folder.said,
    /the time for all tests is over; these still ran:\n {2}a\.test\.mjs, for \d+ s\n$/,
  );
  assert.deepEqual(
    run.files.map(({ file }) => path.basename(file)),
    ['a.test.mjs'],
  );
  const pid = Number(readFileSync(path.join(folder.path, 'pid'), 'utf8'));
  while (existsSync(`/proc/${pid}`)) await sleep(20);
});

test('the reporter that is named is heard beside the record, with a destination or without', async () => {
  using folder = new TestFolder({
    'a.test.mjs': `import test from 'node:test'; test('red', () => { throw new Error('red'); });`,
  });
  const shown = path.join(folder.path, 'shown');
  const options = folder.options([]);
  for (const reporter of [
    ['--test-reporter=tap', `--test-reporter-destination=${shown}`],
    ['--test-reporter=tap'],
  ]) {
    const run = await runFiles({ ...options, arguments: ['--test', ...reporter, 'a.test.mjs'] });
    assert.equal(run.code, 1);
    assert.deepEqual(
      run.files.map(({ failures }) => failures.map(({ name }) => name)),
      [['red']],
    );
  }
  assert.match(readFileSync(shown, 'utf8'), /^not ok 1 - red$/m);
});
