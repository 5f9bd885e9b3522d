import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { CheckedFile } from '../../../../core/io/file/checked-file.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'towline-checked-'));
  file = path.join(folder, 'value');
});
afterEach(() => rm(folder, { recursive: true }));

const text = (json: unknown): string | undefined => (typeof json === 'string' ? json : undefined);
const open = (): CheckedFile<string> => new CheckedFile(file, text);

test('a value comes back; nothing there is told apart from garbage', async () => {
  assert.deepEqual(await open().read(), { kind: 'absent' });
  await open().write('one');
  assert.deepEqual(await open().read(), { kind: 'value', value: 'one', mended: false });
});

test('one damaged copy at any byte, or none of it left, gives the newest value still', async () => {
  await open().write('newest');
  const whole = await readFile(file);
  for (const which of [file, `${file}.copy`]) {
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await writeFile(which, at % 2 === 0 ? changed : whole.subarray(0, at));
      const found = await open().read();
      assert.equal(found.kind === 'value' ? found.value : found.kind, 'newest', `byte ${at}`);
    }
    await rm(which);
    assert.deepEqual(await open().read(), { kind: 'value', value: 'newest', mended: true });
    await writeFile(which, whole);
  }
});

test('cut off between the copies, the newer one counts', async () => {
  const checked = open();
  await checked.write('old');
  const old = await readFile(`${file}.copy`);
  await checked.write('new');
  await writeFile(`${file}.copy`, old);
  const found = await open().read();
  assert.equal(found.kind === 'value' && found.value, 'new');
});

test('both damaged, and a whole file of somebody else, are garbage', async () => {
  await open().write('one');
  for (const which of [file, `${file}.copy`]) await writeFile(which, 'garbage');
  assert.deepEqual(await open().read(), { kind: 'garbage' });
  await new CheckedFile<number>(file, json => (typeof json === 'number' ? json : undefined)).write(7);
  assert.deepEqual(await open().read(), { kind: 'garbage' });
});
