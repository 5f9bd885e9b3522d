import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { cutParts } from '../../../../core/io/backup/cut-parts.ts';
import { joinInto } from '../../../../core/io/backup/join-parts.ts';

const { signal } = new AbortController();
let root: string;
let tar: Buffer;
const at = (...names: string[]) => path.join(root, ...names);

before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'towline-parts-'));
  mkdirSync(at('data'));
  for (let number = 0; number < 300; number += 1)
    writeFileSync(at('data', `file ${number}`), randomBytes(number * 100));
  writeFileSync(at('data', 'large'), randomBytes(3_000_000));
  const made = spawnSync('sh', ['-c', 'tar -C data -cf tar . && zstd -q -f tar -o tar.zst'], { cwd: root });
  assert.equal(made.status, 0, String(made.stderr));
  tar = readFileSync(at('tar'));
});
after(() => rmSync(root, { recursive: true }));

async function cut() {
  const done = await cutParts(
    { archive: at('tar.zst'), folder: at('part'), partBytes: 1_000_000 },
    async part => cpSync(at('part'), at('kept', String(part)), { recursive: true }),
    signal,
  );
  const { parts, tarBytes, tarSha256 } = done;
  return { done, volume: { file: 'data.tar.zst', parts, tarBytes, tarSha256 } };
}

test('an archive is cut into parts, and joined to the same tar', async () => {
  const { done, volume } = await cut();
  assert.ok(done.parts >= 4, String(done.parts));
  assert.equal(done.tarBytes, tar.length);
  assert.equal(
    done.archiveSha256,
    createHash('sha256')
      .update(readFileSync(at('tar.zst')))
      .digest('hex'),
  );
  const join = { volume, part: async (part: number) => at('kept', String(part)) };
  const joined = await joinInto(at('joined.zst'), join, signal);
  const bytes = readFileSync(at('joined.zst'));
  assert.deepEqual(joined, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  assert.ok(zstdDecompressSync(bytes).equals(tar));
});

test('a part that is not what was copied gives no file', async () => {
  const { volume } = await cut();
  const join = { volume, part: async (part: number) => at('kept', String(part)) };
  const refused = (why: RegExp) =>
    assert.rejects(joinInto(at('refused.zst'), join, signal), { code: 'BACKUP_STORE_DAMAGED', message: why });
  const piece = at('kept', '2', 'p', '000000');
  const good = readFileSync(piece);
  writeFileSync(
    piece,
    good.map(byte => byte ^ 1),
  );
  await refused(/is not what was copied/);
  writeFileSync(piece, good.subarray(1));
  await refused(/ends too early/);
  rmSync(piece);
  await refused(/has no 000000/);
  symlinkSync('/etc/passwd', piece);
  await refused(/has no 000000/);
  rmSync(piece);
  writeFileSync(piece, good);
  writeFileSync(at('kept', '1', 'index'), '1 2 3\n');
  await refused(/index/);
  assert.throws(() => readFileSync(at('refused.zst')));
});

test('an archive that is cut off is no archive', async () => {
  writeFileSync(at('half.zst'), readFileSync(at('tar.zst')).subarray(0, 500_000));
  await assert.rejects(cutParts({ archive: at('half.zst'), folder: at('part') }, async () => {}, signal));
});
