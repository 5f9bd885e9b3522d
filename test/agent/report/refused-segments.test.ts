/** A gateway that refuses some of what is pushed, for what it is. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Line } from '../../../agent/report/line.ts';
import { DiskSpool } from '../../../agent/telemetry/spool/spool.ts';
import { TowlineError } from '../../../core/errors.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';

const refusal = new TowlineError('GIT_PUSH_REFUSED', 'too large', { details: { ofContent: true } });
const text = (sequence: number) => ({
  ...{ kind: 'log' as const, sequence, time: '2026-07-01T00:00:00Z' },
  ...{ stream: 'stdout' as const, text: `line ${sequence}` },
});

function piece(sequence: number, container = 'c') {
  const place = { project: 'p', service: 's', container: container.repeat(12), sequence };
  const at = segmentPath({ kind: 'logs', class: 'log', ...place });
  return { path: at, class: 'log' as const, records: 1, bytes: writeSegment([text(sequence)]) };
}

test('of hundreds of segments the one that is refused is found, also while a gap is to be told, and the others arrive', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-refused-'));
  try {
    const spool = await DiskSpool.open({ folder, clock: { now: () => Date.now() } });
    await spool.put(piece(1, 'd'));
    await spool.bound(0);
    await spool.bound(1e9);
    for (let sequence = 0; sequence < 200; sequence += 1) await spool.put(piece(sequence));
    const poison = piece(77).path;
    const line = new Line();
    const arrived = new Set<string>();
    let rounds = 0;
    for (; spool.waiting.pieces > 0 && rounds < 100; rounds += 1) {
      const { pieces } = await spool.take(line.portion('oldest', 1e9), true);
      const isRefused = pieces.some(({ path: at }) => at === poison);
      if (!isRefused) {
        line.heard(pieces.length);
        for (const { path: at } of pieces) arrived.add(at);
      } else if (line.failed(refusal, pieces.length)) await spool.refuse();
      await spool.end(!isRefused);
    }
    assert.deepEqual([spool.waiting.pieces, arrived.size, arrived.has(poison)], [0, 200, false]);
    assert.ok(arrived.has(piece(1, 'd').path), 'the gap');
    assert.ok(rounds < 60, `${rounds} rounds`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('one that is larger than what a day has room for keeps no smaller one waiting', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-refused-'));
  try {
    const spool = await DiskSpool.open({ folder, clock: { now: () => Date.now() } });
    await spool.put({ ...piece(1), bytes: Buffer.alloc(5000) });
    await spool.put(piece(2));
    const { pieces } = await spool.take({ maxBytes: 2000, maxPieces: 9, first: 'oldest' }, true);
    assert.deepEqual(
      pieces.map(({ path: at }) => at),
      [piece(2).path],
    );
    await spool.end(true);
    assert.equal(spool.waiting.pieces, 1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what is dropped while a commit is made is counted once, and not sent as well', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-refused-'));
  try {
    const spool = await DiskSpool.open({ folder, clock: { now: () => Date.now() } });
    await spool.bound(64 * 4096);
    for (let sequence = 0; sequence < 64; sequence += 1) await spool.put(piece(sequence));
    const sent = new Set<string>();
    let dropped = 0;
    const putting = (async () => {
      for (let sequence = 100; sequence < 160; sequence += 1) await spool.put(piece(sequence));
    })();
    for (let turn = 0; turn < 30; turn += 1) {
      const { pieces, lost } = await spool.take({ maxBytes: 1e9, maxPieces: 300, first: 'oldest' }, true);
      assert.equal(lost.damaged, 0);
      dropped += lost.records.log ?? 0;
      for (const { path: at, records } of pieces) if (records === 1) sent.add(at);
      await spool.end(turn > 2);
      if (turn <= 2) dropped -= lost.records.log ?? 0;
    }
    await putting;
    const rest = await spool.take({ maxBytes: 1e9, maxPieces: 300, first: 'oldest' }, true);
    assert.equal(rest.lost.damaged, 0);
    await spool.end(false);
    assert.ok(sent.size > 0 && dropped >= 0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
