/** What containers could write to: durable, never forgotten, and unknown where the file is not what we wrote. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { WrittenPathsFile } from '../../../agent/projects/written-paths.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'towline-written-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function state(): string {
  const directory = path.join(folder, String(++count));
  mkdirSync(directory);
  return directory;
}

function open(directory: string): { file: WrittenPathsFile; damaged: string[] } {
  const damaged: string[] = [];
  return { file: new WrittenPathsFile({ stateDirectory: directory }, name => damaged.push(name)), damaged };
}

const ran = (directory: string, project: string) =>
  mkdirSync(path.join(directory, 'projects', project, 'data'), { recursive: true });

test('a device that starts for the first time knows that nothing was writable, also after the next start', async () => {
  const directory = state();
  assert.deepEqual((await open(directory).file.now()).unknown, []);
  ran(directory, 'shop');
  assert.deepEqual((await open(directory).file.now()).unknown, []);
});

test('what is noted is there after a restart, and notes side by side are all kept', async () => {
  const directory = state();
  const { file } = open(directory);
  await Promise.all([file.note(['/srv/a']), file.note(['/srv/b', '/srv/a'])]);
  assert.deepEqual([...(await open(directory).file.now()).paths], ['/srv/a', '/srv/b']);
});

for (const [what, content] of [
  ['are gone', undefined],
  ['are cut off', '{"number":1,"value":{"paths":["/srv'],
  ['have no checksum', '{"number":1,"value":{"paths":[],"unknown":[]}}'],
  ['are empty', ''],
] as const) {
  test(`where both copies ${what}, nobody knows what was writable; that stays so`, async () => {
    const directory = state();
    ran(directory, 'shop');
    for (const name of content === undefined ? [] : ['written-paths', 'written-paths.copy']) {
      writeFileSync(path.join(directory, name), content ?? '');
    }
    const { file, damaged } = open(directory);
    const unknown = ['/', path.join(directory, 'projects/shop/data')];
    assert.deepEqual((await file.now()).unknown, unknown);
    assert.equal(damaged.length, content === undefined ? 0 : 1);
    await file.note(['/srv/a']);
    ran(directory, 'later');
    assert.deepEqual((await open(directory).file.now()).unknown, unknown);
  });
}

test('one damaged copy loses nothing', async () => {
  for (const name of ['written-paths', 'written-paths.copy']) {
    const directory = state();
    await open(directory).file.note(['/srv/a']);
    ran(directory, 'shop');
    writeFileSync(path.join(directory, name), '{');
    const { paths, unknown } = await open(directory).file.now();
    assert.deepEqual([[...paths], unknown], [['/srv/a'], []]);
  }
});

test('many or long paths become the folders that they lie in: the file stays readable', async () => {
  const directory = state();
  const { file } = open(directory);
  await file.note(Array.from({ length: 257 }, (_, index) => `/srv/a/${index}`));
  assert.deepEqual([...(await file.now()).paths], ['/srv/a']);
  const long = 'x'.repeat(2000);
  await file.note(Array.from({ length: 200 }, (_, index) => `/srv/b/${index}/${long}`));
  const { paths, unknown } = await open(directory).file.now();
  assert.deepEqual(unknown, []);
  assert.ok([...paths].every(one => one.length < 100));
  assert.ok(['/srv/b/0', '/srv/b', '/srv', '/'].some(folder => paths.has(folder)));
});

test('what cannot be written down is not noted', async () => {
  const directory = state();
  const { file } = open(directory);
  await file.now();
  rmSync(directory, { recursive: true });
  writeFileSync(directory, '');
  await assert.rejects(file.note(['/srv/a']));
  assert.deepEqual([...(await file.now()).paths], []);
});

test('an app that fills the file with paths of its own takes nothing from the others', async () => {
  const directory = state();
  const { file } = open(directory);
  const data = (project: string, name: string) => path.join(directory, 'projects', project, 'data', name);
  await file.note([data('bank', 'db'), '/srv/bank/db']);
  const long = 'x'.repeat(240);
  for (let release = 0; release < 4; release += 1) {
    await file.note(Array.from({ length: 250 }, (_, index) => data('evil', `${release}/${index}${long}`)));
  }
  const { paths } = await open(directory).file.now();
  assert.deepEqual(
    [...paths].filter(one => !one.startsWith(data('evil', ''))),
    ['/srv/bank/db', data('bank', 'db')].sort(),
  );
  assert.ok(
    [...paths].some(one => path.join(one, '/').startsWith(data('evil', '/'))),
    'forgotten',
  );
});
