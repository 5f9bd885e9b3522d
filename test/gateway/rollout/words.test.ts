/** When words of devices came, across restarts of the gateway and jumps of its clock. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import { DeviceWords } from '../../../gateway/rollout/words.ts';
import type { TelemetryRecord } from '../../../gateway/sinks/sink.ts';
import { statusOf } from '../../cli/status/reports.ts';

const minuteMs = 60_000;
const nowMs = Date.parse('2026-11-28T12:00:00Z');

async function* said(...devices: readonly string[]): AsyncGenerator<TelemetryRecord> {
  for (const device of devices) {
    const report = { kind: 'said', status: statusOf(device), blob: '2'.repeat(40) } as const;
    yield { kind: 'report', device, revoked: false, tip: '1'.repeat(40), report };
  }
}

test('of what lay there when it began: by its ref, and where git has packed that, no later than it was packed', async t => {
  const folder = await mkdtemp(path.join(tmpdir(), 'words-'));
  t.after(() => rm(folder, { recursive: true }));
  const loose = path.join(folder, telemetryRef('pump-1'));
  await mkdir(path.dirname(loose), { recursive: true });
  for (const [file, agoMs] of [
    [loose, 3 * minuteMs],
    [path.join(folder, 'packed-refs'), 10 * minuteMs],
  ] as const) {
    await writeFile(file, '');
    await utimes(file, (nowMs - agoMs) / 1000, (nowMs - agoMs) / 1000);
  }
  const words = new DeviceWords(folder);
  await words.take(said('pump-1', 'pump-2'), () => nowMs);
  const when = ['pump-1', 'pump-2'].map(id => words.all.get(id));
  assert.deepEqual(
    when.map(word => [word?.arrivedMs, word?.arrivedByMs]),
    [
      [nowMs - 3 * minuteMs, undefined],
      [undefined, nowMs - 10 * minuteMs],
    ],
  );
});

test('where the clock goes back, what came in the time to come came now: its silence counts from here', async () => {
  const words = new DeviceWords('/nonexistent');
  await words.take(said(), () => nowMs);
  await words.take(said('pump-1'), () => nowMs + 400 * 24 * 60 * minuteMs);
  await words.take(said(), () => nowMs);
  await words.take(said('pump-2'), () => nowMs + minuteMs);
  const when = ['pump-1', 'pump-2'].map(id => words.all.get(id)?.arrivedMs);
  assert.deepEqual(when, [nowMs, nowMs + minuteMs]);
});
