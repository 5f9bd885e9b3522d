import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { maxPieceBytes, TarCutter } from '../../../core/backup/tar-cutter.ts';

/** @param step bytes of a chunk */
function cut(tar: Buffer, step: number): { whole: Buffer; pieces: Buffer[] } {
  const whole: Uint8Array[] = [];
  const pieces: Buffer[] = [];
  let piece: Uint8Array[] = [];
  const cutter = new TarCutter({
    frame: bytes => {
      assert.equal(piece.length, 0, 'no piece is left open');
      whole.push(Buffer.from(bytes));
    },
    piece: (bytes, isLast) => {
      whole.push(Buffer.from(bytes));
      piece.push(Buffer.from(bytes));
      if (isLast) pieces.push(Buffer.concat(piece.splice(0)));
      if (isLast) piece = [];
    },
  });
  for (let at = 0; at < tar.length; at += step) cutter.push(tar.subarray(at, at + step));
  cutter.end();
  assert.equal(piece.length, 0);
  return { whole: Buffer.concat(whole), pieces };
}

function tarOf(folder: string, ...options: string[]): Buffer {
  const made = spawnSync('tar', ['-C', folder, ...options, '--sparse', '-cf', '-', '.'], {
    maxBuffer: 2 ** 28,
  });
  assert.equal(made.status, 0, String(made.stderr));
  return made.stdout;
}

test('a tar is cut where its files begin and end, whatever comes in a chunk, and nothing of it is lost', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-cut-'));
  try {
    mkdirSync(path.join(folder, 'd'));
    const large = Buffer.alloc(70_001, 'large');
    writeFileSync(path.join(folder, 'd', `${'long'.repeat(60)}`), large);
    writeFileSync(path.join(folder, 'new\nline'), Buffer.alloc(512, 'x'));
    writeFileSync(path.join(folder, 'small'), 'small');
    writeFileSync(path.join(folder, 'empty'), '');
    linkSync(path.join(folder, 'small'), path.join(folder, 'hard'));
    symlinkSync('small', path.join(folder, 'soft'));
    writeFileSync(path.join(folder, 'sparse'), '');
    truncateSync(path.join(folder, 'sparse'), 2 ** 30);
    for (const format of ['posix', 'gnu']) {
      const tar = tarOf(folder, `--format=${format}`, '--sort=name');
      for (const step of [1, 511, 65_536]) {
        const { whole, pieces } = cut(tar, step);
        assert.ok(whole.equals(tar), `${format} ${step}`);
        assert.ok(
          pieces.some(piece => piece.equals(large)),
          `${format} ${step}: the file is one piece`,
        );
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what is no tar, or ends in the middle, comes out as it went in', () => {
  const noise = Buffer.alloc(maxPieceBytes + 10_000, 'no tar at all');
  const { whole, pieces } = cut(noise, 1_000_000);
  assert.ok(whole.equals(noise));
  assert.equal(pieces.length, 2);
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-cut-'));
  try {
    writeFileSync(path.join(folder, 'file'), Buffer.alloc(5000, 'y'));
    const tar = tarOf(folder);
    for (const length of [0, 1, 512, 1024, 1500, 3000, 6400]) {
      const cutOff = tar.subarray(0, length);
      assert.ok(cut(cutOff, 100).whole.equals(cutOff), String(length));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
