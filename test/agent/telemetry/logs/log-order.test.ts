/** Which entries are new: an engine in memory hands over what a log holds, as a real one does where a clock was put back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogAsk, LogEntry, LogPlace, TakeEntries } from '../../../../agent/runtime/runtime.ts';
import { ContainerLog } from '../../../../agent/telemetry/logs/container-log.ts';
import { EngineSource, newestLines } from '../../../../agent/telemetry/logs/engine-source.ts';
import { beginning, type LogPosition } from '../../../../agent/telemetry/logs/position.ts';
import { defaultLogSettings } from '../../../../core/telemetry/lines/log-settings.ts';
import { MemorySpool } from './log-rig.ts';

const container = { id: 'c'.repeat(64), project: 'web', service: 'app' };
const never = new AbortController().signal;
const place: LogPlace = {
  driver: 'json-file',
  file: undefined,
  maxFileBytes: undefined,
  maxFiles: 1,
  startedMs: 0,
  hasEnded: false,
};
const entry = (time: string, text: string, stream: LogEntry['stream'] = 'stdout'): LogEntry => ({
  ...{ time, stream, whole: true },
  text: Buffer.from(text),
});
const at = (seconds: string) => `2026-07-01T00:${seconds}.000000000Z`;

/** A log whose entries are in the order in which they were written; `since` leaves out by time, as the engine does. */
class MemoryEngine {
  readonly entries: LogEntry[] = [];
  /** Handed over again by the next stream that is followed. */
  repeated: LogEntry[] = [];

  async logEntries({ since = '', until = '~', tail, follow }: LogAsk, take: TakeEntries): Promise<void> {
    const some = this.entries.filter(({ time }) => time >= since && time <= until);
    const again = follow ? this.repeated : [];
    await take([...some.slice(tail === undefined ? 0 : -tail), ...again]);
  }

  async logPlace(): Promise<LogPlace> {
    return place;
  }
}

class Run {
  readonly engine = new MemoryEngine();
  readonly spool = new MemorySpool();
  nowMs = Date.parse('2026-07-01T00:01:00Z');
  position: LogPosition = beginning;

  /** One life of an agent. @returns what it has read */
  async read(): Promise<string[]> {
    const spool = new MemorySpool();
    const log = new ContainerLog({
      ...{ container, position: this.position, settings: defaultLogSettings },
      nowMs: () => this.nowMs,
    });
    const options = { log, breathe: () => undefined, caughtUp: () => {}, signal: never };
    await new EngineSource(this.engine, place).read(options);
    await log.flush('all', spool);
    this.position = JSON.parse(JSON.stringify(log.durable));
    this.spool.pieces.push(...spool.pieces);
    return spool.lines(container.id).map(({ text }) => text);
  }
}

test('a clock three hours ahead and put back: each line comes once, also after restarts, and no later one waits for it', async () => {
  const run = new Run();
  run.engine.entries.push(entry(at('00:01'), 'before'));
  assert.deepEqual(await run.read(), ['before']);
  run.nowMs += 3 * 3_600_000;
  run.engine.entries.push(
    entry('2026-07-01T03:00:30.000000000Z', 'ahead'),
    entry('2026-07-01T03:00:31.000000000Z', 'too'),
  );
  assert.deepEqual(await run.read(), ['ahead', 'too']);
  run.nowMs -= 3 * 3_600_000;
  run.engine.entries.push(entry(at('00:50'), 'after'));
  assert.deepEqual(await run.read(), ['after']);
  run.engine.entries.push(entry(at('00:55'), 'and on'));
  assert.deepEqual(await run.read(), ['and on']);
  run.nowMs += 4 * 3_600_000;
  run.engine.entries.push(entry('2026-07-01T04:00:00.000000000Z', 'much later'));
  assert.deepEqual(await run.read(), ['much later']);
  assert.deepEqual(await run.read(), []);
  assert.deepEqual(run.spool.gaps(container.id), []);
});

test('lines stamped in the future are counted, and hold back none that come after them', async () => {
  const run = new Run();
  run.engine.entries.push(entry(at('00:01'), 'now'), entry('2099-01-01T00:00:00.000000000Z', 'never'));
  run.engine.entries.push(entry(at('00:02'), 'next'));
  assert.deepEqual(await run.read(), ['now', 'next']);
  assert.deepEqual(
    run.spool.gaps(container.id).map(({ reason, lines }) => [reason, lines]),
    [['clock', 1]],
  );
});

test('two lines of one nanosecond with one text are two; the last one that is handed over again is not', async () => {
  const run = new Run();
  run.engine.entries.push(entry(at('00:01'), 'same'), entry(at('00:01'), 'same'));
  assert.deepEqual(await run.read(), ['same', 'same']);
  run.engine.entries.push(entry(at('00:01'), 'same'), entry(at('00:02'), 'last'));
  assert.deepEqual(await run.read(), ['same', 'last']);
  run.engine.repeated = [entry(at('00:02'), 'last')];
  assert.deepEqual(await run.read(), []);
});

test('two streams that are written in another order than they were stamped lose nothing, and come once', async () => {
  const run = new Run();
  run.engine.entries.push(
    entry(at('00:02'), 'out'),
    entry(at('00:01'), 'err', 'stderr'),
    entry(at('00:03'), 'next'),
  );
  run.engine.repeated = run.engine.entries.slice(0, 2);
  assert.deepEqual(await run.read(), ['out', 'err', 'next']);
  run.engine.repeated = [];
  assert.deepEqual(await run.read(), []);
});

test('where the last line is gone from the log, all that is there is new, and a gap says so', async () => {
  const run = new Run();
  run.engine.entries.push(entry(at('00:01'), 'one'));
  await run.read();
  run.engine.entries.splice(0, 1, entry(at('00:05'), 'five'), entry(at('00:06'), 'six'));
  assert.deepEqual(await run.read(), ['five', 'six']);
  assert.deepEqual(
    run.spool.gaps(container.id).map(({ reason, sequence }) => [reason, sequence]),
    [['rotated', Date.parse(at('00:05')) * 1000]],
  );
});

test('behind a gap of nobody knows how many lines, a number names one line, also where it was read before a crash and more is gone by then', async () => {
  const run = new Run();
  run.engine.entries.push(entry(at('00:01'), 'one'));
  await run.read();
  const before = run.position;
  const [five, six, seven] = [
    entry(at('00:05'), 'five'),
    entry(at('00:06'), 'six'),
    entry(at('00:07'), 'seven'),
  ];
  const named = new Map<number, string>();
  // Each life reads from the same position: none has come to write down another.
  for (const kept of [
    [five, six],
    [five, six, seven],
    [six, seven],
  ]) {
    run.engine.entries.splice(0, 9, ...kept);
    run.position = before;
    const texts = await run.read();
    assert.deepEqual(
      texts,
      kept.map(({ text }) => text.toString()),
    );
  }
  for (const record of run.spool.records(container.id)) {
    const text = record.kind === 'gap' ? record.reason : record.text;
    assert.equal(named.get(record.sequence) ?? text, text, String(record.sequence));
    named.set(record.sequence, text);
  }
  // What was there twice has its numbers twice.
  assert.deepEqual([...named.values()].sort(), [
    'five',
    'one',
    'rotated',
    'rotated',
    'seven',
    'seven',
    'six',
    'six',
  ]);
});

test('of a container that was there before, the newest thousand lines are read', async () => {
  const run = new Run();
  const nanoseconds = (number: number) => `2026-07-01T00:00:01.${String(number).padStart(9, '0')}Z`;
  for (let number = 1; number <= 1200; number += 1)
    run.engine.entries.push(entry(nanoseconds(number), `line ${number}`));
  const newest = await newestLines(run.engine, container.id, never);
  assert.ok(newest !== undefined);
  run.position = { ...beginning, ...newest };
  const texts = await run.read();
  assert.deepEqual([texts.length, texts[0]], [1000, 'line 201']);
});
