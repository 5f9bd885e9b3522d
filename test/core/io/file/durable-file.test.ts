import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readBounded, removeDurably, writeDurably } from '../../../../core/io/file/durable-file.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'towline-durable-'));
});
after(() => rm(folder, { recursive: true }));

test('a durable write makes missing folders, replaces what was there and leaves nothing beside it', async () => {
  const file = path.join(folder, 'a/b/state');
  await writeDurably(file, 'one');
  await writeDurably(file, 'two', { mode: 0o640 });
  assert.equal(await readFile(file, 'utf8'), 'two');
  assert.equal((await stat(file)).mode & 0o777, 0o640);
  assert.deepEqual(await readdir(path.dirname(file)), ['state']);
});

test('a durable write that cannot end leaves the old content and no temporary file', async () => {
  const file = path.join(folder, 'c/target');
  await writeDurably(path.join(file, 'inside'), 'a folder stands where the file should go');
  await assert.rejects(writeDurably(file, 'new'));
  assert.deepEqual(await readdir(path.dirname(file)), ['target']);
});

test('a bounded read says what is missing by undefined and refuses what is too large', async () => {
  const file = path.join(folder, 'large');
  await writeFile(file, Buffer.alloc(100));
  spawnSync('mkfifo', [path.join(folder, 'pipe')]);
  assert.equal((await readBounded(path.join(folder, 'pipe'), 10))?.length, 0);
  assert.equal(await readBounded(path.join(folder, 'none'), 10), undefined);
  assert.equal((await readBounded(file, 100))?.length, 100);
  await assert.rejects(readBounded(file, 99), { code: 'AGENT_FILE_TOO_LARGE' });
  await removeDurably(file);
  await removeDurably(file);
  assert.equal(await readBounded(file, 100), undefined);
});
