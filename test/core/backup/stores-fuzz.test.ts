/** What a store gives back, and tars of volumes: anything may stand there. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { copiedText, parseCopied } from '../../../core/backup/copied.ts';
import { indexLine, parsePartIndex } from '../../../core/backup/part-index.ts';
import { parseStored, prunable } from '../../../core/backup/stored.ts';
import { TarCutter } from '../../../core/backup/tar-cutter.ts';
import { tarHeader } from '../../../core/bundle/tar-header.ts';
import { joinParts } from '../../../core/io/backup/join-parts.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated, mutatedText, onlyOurErrors, onlyOurRejections } from '../../fuzz/mutation.ts';

const volume = { file: 'data.tar.zst', parts: 1, tarBytes: 6, tarSha256: 'a'.repeat(64) };

test('texts of a store are read as they were written, or refused', async () => {
  await fuzzed(
    'copied',
    fc.property(mutatedText(copiedText([volume])), text => {
      const read = onlyOurErrors(() => parseCopied(text));
      for (const { parts, tarBytes } of read ?? []) assert.ok(parts > 0 && tarBytes >= 0);
    }),
  );
  const lines = [1, 20, 300].map(bytes => indexLine({ frameBytes: bytes, pieceBytes: 2 * bytes }));
  await fuzzed(
    'part-index',
    fc.property(mutatedText(lines.join('')), text => {
      const read = onlyOurErrors(() => parsePartIndex(text));
      const entries = (read ?? []).flatMap(({ frameBytes, pieceBytes }) => [frameBytes, pieceBytes]);
      assert.ok(entries.every(bytes => Number.isSafeInteger(bytes)));
    }),
  );
});

const snapshot = (backup: string, more: readonly string[], time: string, id: string) => ({
  ...{ time, id: id.repeat(64), hostname: 'pump', tags: [`backup=${backup}`, ...more] },
});
const [old, middle, young, torn] = [
  '20261101T040000Z-1a2b3c4d',
  '20261102T040000Z-1a2b3c4d',
  '20261102T050000Z-1a2b3c4d',
  '20261102T060000Z-1a2b3c4d',
];
const listed = JSON.stringify([
  snapshot(old, ['whole', 'project=web'], '2026-11-01T04:01:00Z', '1'),
  snapshot(middle, ['file=data.tar.zst', 'part=1'], '2026-11-02T04:00:00Z', '2'),
  snapshot(middle, ['whole', 'project=web'], '2026-11-02T04:01:00Z', '3'),
  snapshot(young, ['whole', 'project=web'], '2026-11-02T05:01:00Z', '4'),
  snapshot(torn, ['file=data.tar.zst', 'part=1'], '2026-11-02T06:00:00Z', '5'),
]);

test('what a store has is kept by number and by day; a copy that never ended goes after a day, with all its snapshots', async () => {
  const stored = parseStored(listed);
  assert.deepEqual(
    stored.map(({ backup }) => backup),
    [torn, young, middle, old],
  );
  const gone = (last: number, daily: number, now: string) =>
    prunable(stored, { last, daily }, Date.parse(now)).map(({ backup }) => backup);
  assert.deepEqual(gone(1, 0, '2026-11-02T07:00:00Z'), [middle, old]);
  assert.deepEqual(gone(1, 2, '2026-11-02T07:00:00Z'), [middle]);
  assert.deepEqual(gone(3, 0, '2026-11-04T07:00:00Z'), [torn]);
  assert.equal(stored.find(({ backup }) => backup === middle)?.snapshots.length, 2);
  await fuzzed(
    'stored',
    fc.property(mutatedText(listed), text => {
      for (const { snapshots } of onlyOurErrors(() => parseStored(text)) ?? [])
        assert.ok(snapshots.every(id => /^[0-9a-f]{64}$/.test(id)));
    }),
  );
});

test('a tar with bytes changed is cut and nothing of it is lost', async () => {
  const file = Buffer.alloc(1024, 'f');
  const tar = Buffer.concat([tarHeader('a', 1024), file, tarHeader('b', 3), Buffer.alloc(512), file]);
  await fuzzed(
    'tar-cutter',
    fc.property(mutated(tar), fc.integer({ min: 1, max: 3000 }), (bytes, step) => {
      const out: Buffer[] = [];
      let isOpen = false;
      const cutter = new TarCutter({
        frame: part => {
          assert.ok(!isOpen);
          out.push(Buffer.from(part));
        },
        piece: (part, isLast) => {
          isOpen = !isLast;
          out.push(Buffer.from(part));
        },
      });
      for (let at = 0; at < bytes.length; at += step) cutter.push(bytes.subarray(at, at + step));
      cutter.end();
      assert.ok(!isOpen);
      assert.ok(Buffer.concat(out).equals(bytes));
    }),
  );
});

test('a part with any index gives the tar that was copied, or nothing', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-fuzz-part-'));
  try {
    mkdirSync(path.join(folder, 'p'));
    writeFileSync(path.join(folder, 'frame'), 'abc');
    writeFileSync(path.join(folder, 'p', '000000'), 'def');
    const { signal } = new AbortController();
    await fuzzed(
      'join-parts',
      fc.asyncProperty(mutatedText('3 3\n'), async index => {
        writeFileSync(path.join(folder, 'index'), index);
        const whole = await onlyOurRejections(async () => {
          for await (const _ of joinParts({ volume, part: async () => folder }, signal));
          return true;
        });
        assert.equal(whole, undefined);
      }),
      { runs: 100 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
