import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Piece } from '../../../agent/telemetry/collector.ts';
import type { Portion } from '../../../agent/telemetry/spool/portion.ts';
import { DiskSpool } from '../../../agent/telemetry/spool/spool.ts';
import { readSegment, writeSegment } from '../../../core/telemetry/record/segment.ts';
import { type SegmentClass, segmentPath } from '../../../core/telemetry/record/segment-path.ts';

let folder: string;
let nowMs = Date.UTC(2026, 6, 1);
const clock = { now: () => nowMs };
const all: Portion = { maxBytes: 1e9, maxPieces: 1e6, first: 'oldest' };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'towline-spool-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => DiskSpool.open({ folder, clock });
const names = () => readdir(path.join(folder, 'spool'));

function piece(kind: SegmentClass, sequence: number, records = 1): Piece {
  const isLog = kind === 'debug' || kind === 'log' || kind === 'error';
  const place = { project: 'web', service: 'front', container: 'c'.repeat(12), sequence };
  const at = isLog
    ? segmentPath({ kind: 'logs', class: kind, ...place })
    : segmentPath({ kind: kind === 'event' ? 'events' : 'metrics', sequence });
  return { path: at, class: kind, records, bytes: Buffer.from(`${kind} ${sequence}`) };
}

async function waiting(spool: DiskSpool): Promise<string[]> {
  const { pieces } = await spool.take(all, true);
  await spool.end(false);
  return pieces.map(({ bytes }) => Buffer.from(bytes).toString());
}

test('what waits is there after a restart, in its order, and gone only when the gateway has it', async () => {
  const spool = await open();
  for (const number of [1, 2, 3]) await spool.put(piece('log', number));
  await spool.take(all, true);
  const again = await open();
  assert.deepEqual(again.waiting.pieces, 3);
  assert.deepEqual(await waiting(again), ['log 1', 'log 2', 'log 3']);
  await again.put(piece('log', 4));
  const { pieces } = await again.take({ ...all, maxPieces: 2, first: 'newest' }, true);
  assert.deepEqual(
    pieces.map(({ path: at }) => at),
    [piece('log', 4).path, piece('log', 3).path],
  );
  await again.end(true);
  assert.deepEqual(await waiting(await open()), ['log 1', 'log 2']);
});

test('where room is short debug goes first, then metrics, lines, errors and events, the oldest of each', async () => {
  const spool = await open();
  for (const kind of ['event', 'error', 'log', 'metric', 'debug'] as const)
    for (const number of [1, 2]) await spool.put(piece(kind, number));
  const left = [await waiting(spool)];
  for (let blocks = 9; blocks > 0; blocks -= 1) {
    // Between two bounds: a sixteenth more is freed, less than a block here.
    await spool.bound(blocks * 4096 + 2048);
    left.push((await waiting(spool)).filter(text => !text.startsWith('\x1f')));
  }
  const gone = left.map((texts, at) => [...(left[at - 1] ?? [])].filter(text => !texts.includes(text)));
  assert.deepEqual(gone.flat(), [
    ...['debug 1', 'debug 2', 'metric 1', 'metric 2', 'log 1', 'log 2', 'error 1', 'error 2', 'event 1'],
  ]);
  const { lost } = await (await open()).take(all, true);
  assert.deepEqual(lost.records, { debug: 2, metric: 2, log: 2, error: 2, event: 1 });
});

test('what was dropped of a container is a gap in its log, once, and it outlives a crash', async () => {
  const spool = await open();
  await spool.put(piece('log', 40, 10));
  nowMs += 3 * 3_600_000;
  await spool.put(piece('log', 50, 5));
  nowMs -= 3 * 3_600_000;
  await spool.bound(0);
  const again = await open();
  const { pieces, lost } = await again.take(all, true);
  assert.deepEqual(lost.records, { log: 15 });
  assert.equal(pieces.length, 1);
  assert.equal(pieces[0]?.path, piece('log', 40).path);
  assert.deepEqual(readSegment(pieces[0]?.bytes ?? Buffer.alloc(0)).records, [
    { kind: 'gap', sequence: 40, time: '2026-07-01T00:00:00Z', reason: 'spool', lines: 15 },
  ]);
  await again.end(true);
  const after = await (await open()).take(all, true);
  assert.deepEqual([after.pieces, after.lost.records], [[], {}]);
});

test('what was dropped is one gap of a log, also where its numbers are microseconds', async () => {
  const spool = await open();
  for (let number = 0; number < 150; number += 1)
    await spool.put(piece('log', 1_764_000_000_000_000 + number, 2));
  await spool.bound(0);
  const { pieces, lost } = await spool.take(all, true);
  const told = pieces.flatMap(({ bytes }) => readSegment(bytes).records);
  assert.deepEqual([lost.records, told.length], [{ log: 300 }, 1]);
  assert.equal(told[0]?.kind === 'gap' ? told[0].lines : undefined, 300);
});

test('what the gateway has is not lost, also where more comes before it is off the disk', async () => {
  const spool = await open();
  await spool.bound(10 * 4096);
  // One too many: what is written down of it gives the others time to come.
  for (let number = 0; number < 11; number += 1) await spool.put(piece('debug', number));
  await spool.take(all, true);
  const more = Array.from({ length: 4 }, (_, number) => spool.put(piece('log', number)));
  await Promise.all([spool.end(true), ...more]);
  const { pieces, lost } = await spool.take(all, true);
  assert.deepEqual([lost.records, pieces.length], [{}, 4]);
});

test('a status alone says what was dropped; the gap comes with the next segments, and the other way round', async () => {
  const spool = await open();
  await spool.put(piece('error', 1, 3));
  await spool.bound(0);
  const flush = await spool.take(all, false);
  assert.deepEqual([flush.pieces.length, flush.lost.records], [1, {}]);
  await spool.end(true);
  const status = await spool.take({ ...all, maxPieces: 0 }, true);
  assert.deepEqual([status.pieces.length, status.lost.records], [0, { error: 3 }]);
  await spool.end(true);
  assert.equal((await spool.take(all, true)).lost.bytes, 0);
});

test('a damaged segment is set aside and counted, whatever has befallen it, and the others go', async () => {
  const spool = await open();
  for (const number of [1, 2, 3, 4, 5]) await spool.put(piece('log', number));
  const [first = '', second = '', third = '', fourth = ''] = (await names()).sort();
  const at = (name: string) => path.join(folder, 'spool', name);
  await writeFile(at(first), 'half');
  const whole = await readFile(at(second));
  await writeFile(at(second), Buffer.from(whole.map((byte, index) => (index === 20 ? byte ^ 1 : byte))));
  await rm(at(third));
  await mkdir(at(third));
  const secret = path.join(folder, 'secret');
  await writeFile(secret, await readFile(at(fourth)));
  await rm(at(fourth));
  await symlink(secret, at(fourth));
  const again = await open();
  const { pieces } = await again.take(all, true);
  assert.deepEqual(
    pieces.map(({ path: name }) => name),
    [piece('log', 5).path],
  );
  await again.end(true);
  const { lost } = await again.take(all, true);
  assert.deepEqual([lost.damaged, lost.records], [4, { log: 4 }]);
  assert.deepEqual((await readdir(path.join(folder, 'set-aside'))).sort(), [first, second]);
  assert.deepEqual(await names(), []);
  assert.equal(
    (await readFile(secret)).length > 0,
    true,
    'a link is not followed, neither to read nor to remove',
  );
});

test('garbage in the folder, and a link in its place, keep nothing from being put and pushed', async () => {
  const elsewhere = path.join(folder, 'elsewhere');
  await mkdir(elsewhere);
  await writeFile(path.join(elsewhere, 'file'), 'of somebody');
  await symlink(elsewhere, path.join(folder, 'spool'));
  const spool = await open();
  await spool.put(piece('log', 1));
  assert.deepEqual(await readdir(elsewhere), ['file']);
  for (const name of [
    'x',
    '000000000001-log',
    `${'9'.repeat(12)}-log-1-1-00000000`,
    '.half.0a0b0c0d0e0f.tmp',
  ])
    await writeFile(path.join(folder, 'spool', name), 'garbage');
  for (const copy of ['losses', 'losses.copy']) await writeFile(path.join(folder, copy), 'garbage');
  const again = await open();
  assert.deepEqual(await waiting(again), ['log 1']);
  await again.put(piece('log', 2));
  assert.deepEqual(await waiting(await open()), ['log 1', 'log 2']);
});

test('of two segments of one name, which a crash makes, one goes with each commit', async () => {
  const spool = await open();
  await spool.put(piece('log', 1));
  await spool.put(piece('log', 1, 2));
  for (const left of [1, 0]) {
    assert.equal((await spool.take(all, true)).pieces.length, 1);
    await spool.end(true);
    assert.equal(spool.waiting.pieces, left);
  }
});

test('five thousand that wait are known by their names: opening reads none of them', async () => {
  const spool = await open();
  await spool.put(piece('log', 1));
  const [known = ''] = await names();
  const bytes = await readFile(path.join(folder, 'spool', known));
  for (let number = 2; number <= 5000; number += 1)
    await writeFile(
      path.join(folder, 'spool', known.replace(/^\d+/, String(number).padStart(12, '0'))),
      bytes,
    );
  const before = new Date(0);
  await utimes(path.join(folder, 'spool', known), before, before);
  const again = await open();
  assert.equal(again.waiting.pieces, 5000);
  assert.equal(again.waiting.bytes, 5000 * bytes.length);
});

test('a segment is a segment: what is put comes out byte by byte', async () => {
  const spool = await open();
  const records = [
    {
      kind: 'log' as const,
      sequence: 7,
      time: '2026-07-01T00:00:00.5Z',
      stream: 'stderr' as const,
      text: 'ü\n',
    },
  ];
  await spool.put({ ...piece('error', 7), bytes: writeSegment(records) });
  const { pieces } = await (await open()).take(all, true);
  assert.deepEqual(readSegment(pieces[0]?.bytes ?? Buffer.alloc(0)).records, records);
});
