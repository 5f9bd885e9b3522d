/** A disk that is full, a day that is spent: what waits stays within its bounds. (A month without a gateway: logs/times.test.ts.) */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { nothingSpent, reservedOf, segmentRoom, spentOn } from '../../../agent/report/day-budget.ts';
import type { Piece } from '../../../agent/telemetry/collector.ts';
import { DiskSpool } from '../../../agent/telemetry/spool/spool.ts';
import { isDiskFull } from '../../../core/io/file/disk-full.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { type LogClass, segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { SmallDisk } from '../../rig/small-disk.ts';

const maxBytes = 512 * 1024;

function lines(kind: LogClass, sequence: number, count: number): Piece {
  const records = Array.from({ length: count }, (_, at) => ({
    ...{ kind: 'log' as const, sequence: sequence + at, time: '2026-07-01T00:00:00Z' },
    ...{ stream: 'stdout' as const, text: `${Math.sin(sequence + at)}` },
  }));
  const place = { project: 'p', service: 's', container: 'c'.repeat(12), sequence };
  const at = segmentPath({ kind: 'logs', class: kind, ...place });
  return { path: at, class: kind, records: count, bytes: writeSegment(records) };
}

test('a full disk refuses what is put and takes nothing of what waits; with room it goes on, and dropping needs none', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-full-'));
  const inner = path.join(folder, 'disk');
  await mkdir(inner);
  const disk = new SmallDisk(inner, 2);
  try {
    const clock = { now: () => Date.UTC(2026, 6, 1) };
    const spool = await DiskSpool.open({ folder: inner, clock });
    for (let number = 0; number < 20; number += 1) await spool.put(lines('log', number * 100, 100));
    disk.fill(0);
    await assert.rejects(spool.put(lines('error', 5_000, 1_000)), isDiskFull);
    assert.equal(spool.waiting.pieces, 20);
    const names = await readdir(path.join(inner, 'spool'));
    assert.deepEqual(
      names.filter(name => name.startsWith('.')),
      [],
      'no half file takes the room',
    );
    await spool.bound(10 * 4096);
    assert.ok(spool.waiting.pieces < 10);
    disk.makeRoom();
    await spool.put(lines('error', 6_000, 10));
    const again = await DiskSpool.open({ folder: inner, clock });
    const { lost, pieces } = await again.take({ maxBytes: 1e9, maxPieces: 1_000, first: 'newest' }, true);
    assert.equal(
      (lost.records.log ?? 0) +
        pieces.filter(({ class: kind, records }) => kind === 'log' && records === 100).length * 100,
      2_000,
    );
  } finally {
    disk[Symbol.dispose]();
    await rm(folder, { recursive: true });
  }
});

test('a day that is spent leaves the status its own share', () => {
  const spent = { ...spentOn(nothingSpent, Date.UTC(2026, 6, 1)), segments: maxBytes - reservedOf(maxBytes) };
  assert.equal(segmentRoom(spent, maxBytes), 0);
});
