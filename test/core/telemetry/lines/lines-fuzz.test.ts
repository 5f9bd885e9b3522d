/** Whatever an app prints: records within their bounds, in time that goes by the length of the line. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { patternNames } from '../../../../core/redaction/pattern.ts';
import { Redactor } from '../../../../core/redaction/redactor.ts';
import { LinePipeline } from '../../../../core/telemetry/lines/line-pipeline.ts';
import { defaultLogSettings, multilineKinds } from '../../../../core/telemetry/lines/log-settings.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutatedText } from '../../../fuzz/mutation.ts';

const said = [
  '{"level":50,"time":1,"msg":"no","req":{"id":7,"headers":{"authorization":"Bearer abcdefghijk"}},"tags":["a",1]}',
  '2026-11-29 01:00:00 ERROR [main] bob@example.com 10.0.0.1 4111 1111 1111 1111 password="x y" level=warn',
  'postgres://bob:hunter2@db eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.x DE89 3704 0044 0532 0130 00 \u001b[1mx\u001b[0m',
  'Traceback (most recent call last):',
  '-----BEGIN RSA PRIVATE KEY-----',
];

describe('lines of logs, fuzzed', () => {
  test('a line, by any settings', async () => {
    await fuzzed(
      'log lines',
      fc.property(
        fc.array(mutatedText(...said), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('text' as const, 'json' as const),
        fc.constantFrom(...multilineKinds),
        (lines, format, multiline) => {
          const redact = { patterns: patternNames, literals: ['hunter2'] };
          const settings = { ...defaultLogSettings, format, multiline, redact, maxLineBytes: 2048 };
          const pipeline = new LinePipeline({ settings });
          const time = '2026-11-29T01:00:00Z';
          const all = lines.flatMap((text, sequence) =>
            pipeline.push({ sequence, time, stream: 'stdout', text: Buffer.from(text) }, 0),
          );
          for (const record of [...all, ...pipeline.close()]) {
            assert.ok(record.kind === 'log' && record.text.length <= 64 * 1024);
            assert.ok(Object.keys(record.fields ?? {}).length <= 49);
            assert.ok(!JSON.stringify(record).includes('hunter2'));
          }
        },
      ),
    );
  });
});

/** Pieces that are the beginning of something, over and over: what makes a careless pattern go back. */
const pieces = [
  'a',
  '1',
  '1 ',
  '1-1',
  '1.',
  '1.1.1.1.',
  '@',
  'a@',
  'a@a.',
  'é@é.',
  '://',
  '://a:',
  '://a:b',
  'eyJ',
  'eyJa.',
  'eyJaaaaaa.',
  'bearer ',
  'authorization: ',
  'authorization',
  'password=',
  'password="',
  "password='",
  'password=\\"',
  'pass',
  'token:',
  'DE89',
  'DE89 ',
  'AA11AAAA',
  '4111 1111 1111 1111 ',
  '4111111111111111',
  '-----BEGIN ',
  '-----BEGIN A PRIVATE KEY',
  '-----END ',
  '"',
  '\\',
  '\\"',
  '\u001b[',
  '\u001b]',
  '\u001b[1;',
  ' ',
  '\t',
  '{"a":',
  '[',
  'a.',
  'A',
] as const;

test('the time that a pattern takes goes by the length of the text, whatever an app prints', () => {
  for (const name of patternNames) {
    const redactor = new Redactor({ patterns: [name], literals: ['aaaaaaab'] });
    for (const piece of pieces) {
      const [short, long] = [8, 64].map(kilobytes => {
        const text = piece.repeat((kilobytes * 1024) / piece.length);
        const start = process.cpuUsage();
        redactor.hide(text);
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1000;
      });
      // Eight times as long: 8 where it is linear, 64 where it is not. A quick one is not worth a doubt.
      assert.ok(
        (long ?? 0) < Math.max(25, 30 * (short ?? 0)),
        `${name} on ${JSON.stringify(piece)}: ${short} → ${long} ms`,
      );
    }
  }
});
