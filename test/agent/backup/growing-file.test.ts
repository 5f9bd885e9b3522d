/** A file is read on while a real program appends to it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { whileGrowing } from '../../../agent/backup/growing-file.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'towline-growing-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const clock = createSystemClock();
const file = path.join(folder, 'file');

const digestOf = (bytes: Buffer) => ({
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

test('what another process appends, in its own time and to the last byte, is in the digest', async () => {
  writeFileSync(file, '');
  const script = 'for n in 1 2 3 4; do head -c 12000001 /dev/urandom >&3; sleep 0.15; done; printf end >&3';
  const { digest, result } = await whileGrowing(
    file,
    async () => {
      const child = spawn('sh', ['-c', `exec 3>>"$1"; ${script}`, 'sh', file]);
      return (await once(child, 'exit'))[0];
    },
    clock,
  );
  assert.equal(result, 0);
  assert.deepEqual(digest, digestOf(readFileSync(file)));
  assert.equal(digest.bytes, 48_000_007);
});

test('an empty file has a digest, and one that is written at once, too', async () => {
  writeFileSync(file, '');
  const none = await whileGrowing(file, async () => undefined, clock);
  assert.deepEqual(none.digest, digestOf(Buffer.alloc(0)));
  const bytes = randomBytes(3_000_000);
  const all = await whileGrowing(file, () => appendFile(file, bytes), clock);
  assert.deepEqual(all.digest, digestOf(bytes));
});

test('what the work says is said, not what is read meanwhile; and nothing goes on after it', async () => {
  await assert.rejects(
    whileGrowing(file, () => Promise.reject(new Error('the disk is full')), clock),
    /the disk is full/,
  );
  await assert.rejects(
    whileGrowing(path.join(folder, 'none'), async () => undefined, clock),
    { code: 'ENOENT' },
  );
});
