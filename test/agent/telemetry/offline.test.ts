/** Weeks without a gateway, a clock that jumps, a disk that is full: what waits stays within its bounds, and is counted. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { nothingSpent, reservedOf, segmentRoom, spentOn } from '../../../agent/report/day-budget.ts';
import { Report } from '../../../agent/report/report.ts';
import type { Piece } from '../../../agent/telemetry/collector.ts';
import { DiskSpool } from '../../../agent/telemetry/spool/spool.ts';
import { makeDeviceKeys, sshKeyOf } from '../../../core/io/device-keys.ts';
import { isDiskFull } from '../../../core/io/file/disk-full.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { type LogClass, segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { startGitServer } from '../../../lab/rig/git-server.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { SmallDisk } from '../../rig/small-disk.ts';

const hour = 3_600_000;
const day = 24 * hour;
const maxBytes = 512 * 1024;
const never = new AbortController().signal;

function lines(kind: LogClass, sequence: number, count: number): Piece {
  const records = Array.from({ length: count }, (_, at) => ({
    ...{ kind: 'log' as const, sequence: sequence + at, time: '2026-07-01T00:00:00Z' },
    ...{ stream: 'stdout' as const, text: `${Math.sin(sequence + at)}` },
  }));
  const place = { project: 'p', service: 's', container: 'c'.repeat(12), sequence };
  const at = segmentPath({ kind: 'logs', class: kind, ...place });
  return { path: at, class: kind, records: count, bytes: writeSegment(records) };
}

async function onDisk(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(path.join(folder, 'spool')))
    bytes += Math.ceil((await stat(path.join(folder, 'spool', name))).size / 4096) * 4096;
  return bytes;
}

test('three weeks offline: the disk stays bounded, errors outlive debug, the status is first when it is back, then the rest within the day', async () => {
  const telemetry = await makeRepository();
  const server = await startGitServer({ telemetry: telemetry.path });
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-offline-'));
  try {
    let nowMs = Date.UTC(2026, 6, 1);
    const clock = { now: () => nowMs, monotonic: () => nowMs, sleep: async () => {} };
    let spool = await DiskSpool.open({ folder, clock });
    await spool.bound(maxBytes);
    const put = { lines: 0, errors: 0 };
    const begun = nowMs;
    for (let turn = 0; nowMs - begun < 21 * day; turn += 1) {
      nowMs += 5 * hour;
      // A wrong answer of NTP, now and then.
      const skewMs = turn % 20 === 7 ? 3 * hour : 0;
      nowMs += skewMs;
      await spool.put(lines(turn % 3 === 0 ? 'debug' : 'log', put.lines, 800));
      put.lines += 800;
      if (turn % 5 === 0) {
        await spool.put(lines('error', put.lines, 5));
        put.lines += 5;
        put.errors += 5;
      }
      nowMs -= skewMs;
      if (turn % 17 === 0) {
        assert.ok((await onDisk(folder)) <= maxBytes);
        spool = await DiskSpool.open({ folder, clock });
        await spool.bound(maxBytes);
      }
    }
    const { dialler } = server;
    const named = { fleet: 'acme', device: 'pump-1', key: sshKeyOf(makeDeviceKeys('pump-1')) };
    const report = await Report.open({ folder, ...named, dialler, clock, spool });
    const settings = { telemetryMaxBytesPerDay: maxBytes / 2, telemetryMaxOutboxBytes: maxBytes };
    const status: StatusFile = {
      ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', time: '2026-07-22T00:00:00Z' },
      ...{ agent: { version: '1' }, trusted: { commit: '0'.repeat(40) }, outcome: 'unchanged' },
      ...{ conditions: [], projects: [], tunnel: { state: 'closed' } },
    };
    server.down = true;
    const settle = async (): Promise<void> => {};
    await assert.rejects(report.publish({ status, settings, settle, due: true }, never));
    server.down = false;
    const first = await report.flush('full', settings, never);
    assert.ok(first.kind === 'pushed' && first.isBack && first.bytes < 4_096, JSON.stringify(first));
    const lost = /lost:\n(?: .*\n)+/.exec(
      await telemetry.git(['show', 'refs/heads/telemetry/pump-1:status.yaml']),
    )?.[0];
    const counted = (kind: string) => Number(new RegExp(`${kind}: (\\d+)`).exec(lost ?? '')?.[1] ?? 0);
    assert.ok(counted('debug') > 0);
    assert.equal(counted('error'), 0);
    let days = 0;
    let sent = 0;
    for (; spool.waiting.pieces > 0; ) {
      const flushed = await report.flush('full', settings, never);
      if (flushed.kind === 'pushed') sent += flushed.bytes;
      else {
        assert.ok(sent <= maxBytes / 2, `${sent} bytes in a day`);
        nowMs += day;
        days += 1;
        sent = 0;
      }
    }
    assert.ok(days >= 1 && days <= 6, `${days} days`);
  } finally {
    await server.close();
    await telemetry.remove();
    await rm(folder, { recursive: true });
  }
});

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
