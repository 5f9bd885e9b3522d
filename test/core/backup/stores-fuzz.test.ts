/** What a store gives back, and tars of volumes: anything may stand there. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { copiedText, parseCopied } from '../../../core/backup/copied.ts';
import { indexLine, parsePartIndex } from '../../../core/backup/part-index.ts';
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
