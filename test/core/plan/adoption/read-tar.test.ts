/** Files of a container as the engine sends them: whoever runs in there may have made them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTar } from '../../../../core/plan/adoption/read-tar.ts';
import { tarArchive } from '../../../../lab/machine/tar.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutated } from '../../../fuzz/mutation.ts';

const listed = (archive: Buffer) =>
  [...(readTar(archive) ?? [])].map(([name, { bytes }]) => [name, String(bytes)]);

test('a file by itself, and files of a folder, are read by their paths below it', () => {
  assert.deepEqual(listed(tarArchive([{ path: 'site.conf', bytes: 'a' }])), [['', 'a']]);
  const folder = tarArchive([
    { path: 'conf/a', bytes: 'one', mode: 0o755 },
    { path: 'conf/deep/b', bytes: '' },
  ]);
  assert.deepEqual(listed(folder), [
    ['a', 'one'],
    ['deep/b', ''],
  ]);
  assert.equal(readTar(folder)?.get('a')?.mode, 0o755);
});

test('names over 100 bytes are read as tar writes them; a link is none of the files of a repository', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-tar-'));
  const long = 'n'.repeat(200);
  mkdirSync(path.join(folder, 'conf'));
  writeFileSync(path.join(folder, 'conf', long), 'long');
  const packed = () => spawnSync('tar', ['--format=pax', '-C', folder, '-c', 'conf']).stdout;
  assert.deepEqual(listed(packed()), [[long, 'long']]);
  symlinkSync('/etc/passwd', path.join(folder, 'conf/link'));
  assert.equal(readTar(packed()), undefined);
  rmSync(folder, { recursive: true });
});

test('archives with bytes changed, cut and doubled are read or are none; what is read is within them', async () => {
  const valid = tarArchive([
    { path: 'conf/a', bytes: 'x'.repeat(700) },
    { path: 'conf/b', bytes: 'y' },
  ]);
  await fuzzed(
    'files of containers',
    fc.property(mutated(valid), archive => {
      const files = [...(readTar(archive) ?? []).values()];
      const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
      assert.ok(bytes <= archive.length);
    }),
  );
});
