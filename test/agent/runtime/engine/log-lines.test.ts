import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLogLines } from '../../../../agent/runtime/engine/log-lines.ts';

function frame(stream: number, text: string | Buffer): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

const shown = (bytes: Buffer): string[] =>
  readLogLines(bytes).map(({ time, stream, text }) => `${time} ${stream} ${text}`);

test('frames of both streams become lines', () => {
  const bytes = Buffer.concat([frame(1, 't1 hello\n'), frame(2, 't2 oh\n'), frame(1, 't3 \n')]);
  assert.deepEqual(shown(bytes), ['t1 stdout hello', 't2 stderr oh', 't3 stdout ']);
});

test('a line that the engine stores in parts is one line, also with stderr and a cut character between', () => {
  const umlaut = Buffer.from('ü');
  const bytes = Buffer.concat([
    frame(1, Buffer.concat([Buffer.from('t1 long '), umlaut.subarray(0, 1)])),
    frame(2, 't2 between\n'),
    frame(1, Buffer.concat([Buffer.from('t1 '), umlaut.subarray(1), Buffer.from(' end\n')])),
  ]);
  assert.deepEqual(shown(bytes), ['t2 stderr between', 't1 stdout long ü end']);
});

test('a terminal has no frames', () => {
  assert.deepEqual(shown(Buffer.from('2026-1 one\r\n2026-2 two\n')), ['2026-1 tty one', '2026-2 tty two']);
});

test('a 40 KB line is one record and capped; what is cut off at the end waits', () => {
  const bytes = Buffer.concat([
    frame(1, `t1 ${'x'.repeat(40_000)}\n`),
    frame(1, 't2 whole\n').subarray(0, 12),
  ]);
  const [line, ...rest] = readLogLines(bytes);
  assert.equal(line?.text.length, 32 * 1024);
  assert.deepEqual(rest, []);
});

test('nothing and garbage are no lines', () => {
  assert.deepEqual(readLogLines(Buffer.alloc(0)), []);
  assert.deepEqual(readLogLines(Buffer.from([0xff, 0xfe, 0xfd])), []);
});
