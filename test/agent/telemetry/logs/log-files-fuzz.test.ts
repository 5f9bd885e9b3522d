/** Files of an engine that are none, or not whole: entries come out of them, or our own error does; never more than they hold. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { jsonFileFormat } from '../../../../agent/telemetry/logs/json-file-format.ts';
import { localFormat } from '../../../../agent/telemetry/logs/local-format.ts';
import { FormatError, type LogFormat } from '../../../../agent/telemetry/logs/log-format.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutated } from '../../../fuzz/mutation.ts';

const usual = { ms: 1_500 };
const time = '2026-11-23T18:00:00.5Z';
const json = Buffer.from(
  `${JSON.stringify({ log: 'text\n', stream: 'stdout', time })}\n${JSON.stringify({ log: '\u001b"', stream: 'stderr', attrs: { a: 'b' }, time })}\n`,
);
const message = Buffer.from('0a067374646f757410e880d9c4a89998f6181a03626172', 'hex');
const size = Buffer.from([0, 0, 0, message.length]);
const local = Buffer.concat([size, message, size, size, message, size]);

function readAll(format: LogFormat, bytes: Buffer): void {
  let last = 0;
  try {
    const done = format.read(bytes, (entry, end) => {
      assert.ok(end > last && end <= bytes.length);
      last = end;
      assert.match(entry.time, /^.{10}T.{8}\..{9}Z$/);
      assert.ok(entry.text.length <= bytes.length);
    });
    assert.ok(done <= bytes.length && done >= last);
    format.timeBefore(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

describe('files of logs, fuzzed', () => {
  test('both formats', async () => {
    readAll(jsonFileFormat, json);
    readAll(localFormat, local);
    const property = fc.asyncProperty(mutated(json, local), async bytes => {
      readAll(jsonFileFormat, bytes);
      readAll(localFormat, bytes);
    });
    await fuzzed('files of logs', property, usual);
  });
});
