/** A journal: what was appended is there, whole or not at all, whatever became of the end of the file. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Journal } from '../../../../core/io/file/journal.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'towline-journal-'));
after(() => rmSync(folder, { recursive: true }));
const maxBytes = 1_000_000;

test('cut off at any byte, the lines before are there, and what is appended then stands on a line of its own', async () => {
  const file = path.join(folder, 'cut');
  const { journal } = await Journal.open(file, maxBytes);
  await journal.append([{ one: 1 }, { two: 'ü\n2' }]);
  await journal.append([{ three: 3 }]);
  await journal.close();
  const whole = readFileSync(file);
  const ends = [...whole.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
  for (let length = 0; length <= whole.length; length += 1) {
    writeFileSync(file, whole);
    truncateSync(file, length);
    const opened = await Journal.open(file, maxBytes);
    const there = ends.filter(end => end <= length).length;
    assert.equal(opened.entries.length, there);
    await opened.journal.append([{ after: length }]);
    await opened.journal.close();
    const { entries, damaged } = await Journal.open(file, maxBytes);
    assert.deepEqual([entries.length, damaged, entries.at(-1)], [there + 1, 0, { after: length }]);
  }
});

test('a damaged line says nothing and is counted, and what is written anew is all there is', async () => {
  const file = path.join(folder, 'damaged');
  const { journal } = await Journal.open(file, maxBytes);
  await journal.append([{ one: 1 }, { two: 2 }, { three: 3 }]);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"two":2', '"two":9'));
  appendFileSync(file, 'no line\n');
  const { journal: again, entries, damaged } = await Journal.open(file, maxBytes);
  assert.deepEqual([entries, damaged], [[{ one: 1 }, { three: 3 }], 2]);
  await again.rewrite([{ four: 4 }]);
  await again.append([{ five: 5 }]);
  await again.close();
  assert.deepEqual((await Journal.open(file, maxBytes)).entries, [{ four: 4 }, { five: 5 }]);
  await journal.close();
});
