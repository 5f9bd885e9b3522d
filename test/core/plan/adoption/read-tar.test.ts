/** Files of a container as the engine sends them: whoever runs in there may have made them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTar } from '../../../../core/plan/adoption/read-tar.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutated } from '../../../fuzz/mutation.ts';

const listed = (archive: Buffer) =>
  [...(readTar(archive) ?? [])].map(([name, { bytes }]) => [name, String(bytes)]);

/** As GNU tar writes what the folder has. @param files path → content */
function packed(files: Readonly<Record<string, string>>, make = (_folder: string) => {}): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-tar-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), content, { mode: 0o755 });
  }
  make(folder);
  const names = readdirSync(folder);
  const { stdout } = spawnSync('tar', ['--format=pax', '--sort=name', '-C', folder, '-c', ...names]);
  rmSync(folder, { recursive: true });
  return stdout;
}

test('a file by itself, and files of a folder, are read by their paths below it', () => {
  assert.deepEqual(listed(packed({ 'site.conf': 'a' })), [['', 'a']]);
  const folder = packed({ 'conf/a': 'one', 'conf/deep/b': '' });
  assert.deepEqual(listed(folder), [
    ['a', 'one'],
    ['deep/b', ''],
  ]);
  assert.equal(readTar(folder)?.get('a')?.mode, 0o755);
});

test('names over 100 bytes are read as tar writes them; a link is none of the files of a repository', () => {
  const long = 'n'.repeat(200);
  assert.deepEqual(listed(packed({ [`conf/${long}`]: 'long' })), [[long, 'long']]);
  const linked = packed({ 'conf/a': '' }, folder =>
    symlinkSync('/etc/passwd', path.join(folder, 'conf/link')),
  );
  assert.equal(readTar(linked), undefined);
});

test('archives with bytes changed, cut and doubled are read or are none; what is read is within them', async () => {
  const valid = packed({ 'conf/a': 'x'.repeat(700), 'conf/b': 'y' });
  await fuzzed(
    'files of containers',
    fc.property(mutated(valid), archive => {
      const files = [...(readTar(archive) ?? []).values()];
      const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
      assert.ok(bytes <= archive.length);
    }),
  );
});
