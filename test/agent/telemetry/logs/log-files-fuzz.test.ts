/** Files of an engine that are none, or not whole: entries come out of them, or our own error does; never more than they hold. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { unescaped } from '../../../../agent/telemetry/logs/json-escapes.ts';
import { jsonFileFormat } from '../../../../agent/telemetry/logs/json-file-format.ts';
import { localFormat } from '../../../../agent/telemetry/logs/local-format.ts';
import { FormatError, type LogFormat, tailBytes } from '../../../../agent/telemetry/logs/log-format.ts';
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

/** As the engine writes it: what HTML knows is escaped, and what is no character is one. */
const goText = (text: string) =>
  JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

test('a file says the same whether a line is its first one or comes behind others', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), texts => {
      const lines = texts.map(text => `{"log":${goText(`${text}\n`)},"stream":"stderr","time":"${time}"}\n`);
      const whole = Buffer.from(lines.join(''));
      const read = (bytes: Buffer) => {
        const found: string[] = [];
        jsonFileFormat.read(bytes, entry => found.push(`${entry.text.toString()} ${entry.whole}`));
        return found;
      };
      const tail = Buffer.from(whole.subarray(-tailBytes));
      assert.deepEqual(
        read(whole),
        lines.flatMap(line => read(Buffer.from(line))),
      );
      assert.deepEqual(whole.subarray(-tailBytes), tail);
    }),
  );
});

test('escapes are taken out as JSON has them, and an escape that is none leaves the bytes as they are', () => {
  const text = fc.string({ unit: fc.oneof(fc.constantFrom(...'"\\/\b\f\n\r\t<>&\u2028é€😀'), fc.string()) });
  fc.assert(
    fc.property(text, written => {
      const escaped = Buffer.from(goText(written)).subarray(1, -1);
      const bytes = Buffer.concat([escaped, escaped]);
      const length = unescaped(bytes, escaped.length, bytes.length);
      assert.equal(bytes.toString('utf8', 0, length), written.toWellFormed());
      assert.deepEqual(bytes.subarray(escaped.length), escaped);
    }),
  );
  for (const wrong of ['a\\', 'a\\x', 'a\\u12', 'a\\u12g4', 'a\\n\\ud83d\\ude00', 'a\\n"b']) {
    const bytes = Buffer.from(wrong);
    assert.equal(unescaped(bytes, 0, bytes.length), -1, wrong);
    assert.equal(bytes.toString(), wrong);
  }
});

describe('files of logs, fuzzed', () => {
  test('both formats', async () => {
    readAll(jsonFileFormat, json);
    readAll(localFormat, local);
    const property = fc.asyncProperty(mutated(json, local), async bytes => {
      readAll(localFormat, bytes);
      readAll(jsonFileFormat, bytes);
    });
    await fuzzed('files of logs', property, usual);
  });
});
