/** What is left of an agent that dies while it reads a commit: so that the next start does not begin by dying of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ReadingMark } from '../../../agent/pass/reading-mark.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'towline-reading-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('what was read to its end, or failed, leaves nothing', async () => {
  const mark = new ReadingMark(folder);
  assert.equal(await mark.around('a', async () => 1), 1);
  await assert.rejects(mark.around('a', () => Promise.reject(new Error('no'))));
  assert.equal(await new ReadingMark(folder).isLeft(), false);
});

test('an agent that is killed in the middle leaves the mark, until a reading ends', async () => {
  const module = path.join(import.meta.dirname, '../../../agent/pass/reading-mark.ts');
  const program = `
    const { ReadingMark } = await import(${JSON.stringify(module)});
    await new ReadingMark(${JSON.stringify(folder)}).around('a', async () => process.kill(process.pid, 'SIGKILL'));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
  assert.equal(await new ReadingMark(folder).isLeft(), true);
  await new ReadingMark(folder).around('b', async () => undefined);
  assert.equal(await new ReadingMark(folder).isLeft(), false);
});

test('a folder that cannot be written keeps nobody from reading', async () => {
  const mark = new ReadingMark(path.join(folder, 'missing'));
  assert.equal(await mark.around('a', async () => 1), 1);
  assert.equal(await mark.isLeft(), false);
});
