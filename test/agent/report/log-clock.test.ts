import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { collectLog, type LogCursor } from '../../../agent/report/log-collector.ts';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import { readLog } from '../../../agent/runtime/engine/log-reader.ts';
import type { Runtime } from '../../../agent/runtime/runtime.ts';

const container = { id: 'c'.repeat(64), project: 'web', service: 'app' };
const never = new AbortController().signal;

/** An engine whose container has written these lines, whatever is asked for. */
function engineWith(lines: readonly string[]): Pick<Runtime, 'logs'> {
  const engine: Engine = {
    call: () => Promise.reject(new Error('nothing else is asked')),
    stream: async () => Readable.from([Buffer.from(lines.map(line => `${line}\n`).join(''))]),
  };
  return { logs: (id, since, signal) => readLog(engine, id, since, signal) };
}

test('lines of a clock that was ahead hold back none that come after it was put right, and come once', async () => {
  const early = '2026-07-01T00:00:00.000000000Z before';
  const wrong = '2099-01-01T00:00:00.000000000Z ahead';
  const later = '2026-07-01T00:10:00.000000000Z after';
  const whileAhead = Date.UTC(2099, 0, 1);
  const right = Date.UTC(2026, 6, 1, 0, 11);
  const read = async (lines: string[], cursor: LogCursor | undefined, nowMs: number) => {
    const found = await collectLog(engineWith(lines), { container, known: cursor, nowMs }, never);
    return { text: found?.segment?.bytes.toString('utf8') ?? '', cursor: found?.cursor };
  };
  const first = await read([early, wrong], undefined, whileAhead);
  assert.match(first.text, /before\n.*ahead/);
  const second = await read([early, wrong, later], first.cursor, right);
  assert.match(second.text, /after/);
  assert.doesNotMatch(second.text, /ahead/);
  const third = await read([early, wrong, later], second.cursor, right);
  assert.equal(third.text, '');
});
