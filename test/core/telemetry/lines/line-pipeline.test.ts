import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { patternNames } from '../../../../core/redaction/pattern.ts';
import { LinePipeline, type LineRecord } from '../../../../core/telemetry/lines/line-pipeline.ts';
import {
  defaultLogSettings,
  type LogSettings,
  multilineKinds,
} from '../../../../core/telemetry/lines/log-settings.ts';
import type { RawLine } from '../../../../core/telemetry/lines/raw-line.ts';
import { readSegment, writeSegment } from '../../../../core/telemetry/record/segment.ts';

const time = '2026-11-29T01:00:00.5Z';

function raw(sequence: number, text: string | Buffer, more: Partial<RawLine> = {}): RawLine {
  return { sequence, time, stream: 'stdout', text: Buffer.from(text), ...more };
}

function pipeline(settings: Partial<LogSettings> = {}, secrets: readonly string[] = []): LinePipeline {
  return new LinePipeline({ settings: { ...defaultLogSettings, ...settings }, secrets });
}

function records(settings: Partial<LogSettings>, lines: readonly (string | RawLine)[]): LineRecord[] {
  const one = pipeline(settings);
  const pushed = lines.flatMap((line, index) =>
    one.push(typeof line === 'string' ? raw(index, line) : line, 0),
  );
  return [...pushed, ...one.close()];
}

const texts = (all: readonly LineRecord[]) => all.map(one => (one.kind === 'log' ? one.text : one.reason));

test('a plain line is a record by itself, at once', () => {
  assert.deepEqual(pipeline().push(raw(7, 'hello', { stream: 'stderr' }), 0), [
    { kind: 'log', sequence: 7, time, stream: 'stderr', text: 'hello' },
  ]);
});

test('case 6: a line of 40 KB is one record, cut between characters, and says how much is missing', () => {
  const [record] = pipeline().push(raw(0, `${'é'.repeat(20_000)}x`), 0);
  assert.ok(record?.kind === 'log');
  assert.equal(record.text, 'é'.repeat(16 * 1024));
  assert.equal(record.cut, 40_001 - 32 * 1024);
  const [odd] = pipeline({ maxLineBytes: 1025 }).push(raw(0, 'é'.repeat(1000), { cut: 5 }), 0);
  assert.ok(odd?.kind === 'log');
  assert.deepEqual([odd.text, odd.cut], ['é'.repeat(512), 2000 - 1024 + 5]);
});

test('bytes that are no UTF-8 become marks, and colours of a terminal go', () => {
  assert.deepEqual(
    texts(
      records({}, [
        raw(0, Buffer.from([0x61, 0xff, 0xfe, 0x62])),
        '\u001b[1;31mred\u001b[0m\r',
        '\u001b]0;title\u0007x',
      ]),
    ),
    ['a\ufffd\ufffdb', 'red', 'x'],
  );
});

test('what is beyond the lines of a second becomes one gap that counts it, by the time of the lines', () => {
  const lines = Array.from({ length: 10 }, (_, at) => raw(at, 'x'.repeat(at)));
  const next = raw(10, 'next', { time: '2026-11-29T01:00:01Z' });
  const all = records({ maxLinesPerSecond: 3 }, [...lines, next]);
  assert.deepEqual(all.slice(3), [
    { kind: 'gap', sequence: 3, time, reason: 'rate', lines: 7, bytes: 3 + 4 + 5 + 6 + 7 + 8 + 9 },
    { kind: 'log', sequence: 10, time: next.time, stream: 'stdout', text: 'next' },
  ]);
  const flood = pipeline({ maxLinesPerSecond: 1 });
  flood.push(raw(0, 'a'), 0);
  flood.push(raw(1, 'b'), 0);
  assert.equal(flood.held, 1, 'a position before the gap is told');
  assert.deepEqual(flood.drain(500), []);
  assert.equal(flood.drain(1500)[0]?.kind, 'gap', 'and it is told when nothing follows');
  assert.equal(flood.held, undefined);
});

test('a day that is used up is a gap, a restart begins no new day, and a clock from 2099 leaves no day without', () => {
  const settings = { ...defaultLogSettings, maxBytesPerDay: 10 };
  const first = new LinePipeline({ settings });
  assert.deepEqual(texts(first.push(raw(0, '12345678'), 0)), ['12345678']);
  const again = new LinePipeline({ settings, used: first.used });
  assert.deepEqual(again.push(raw(1, '123'), 0), []);
  const ahead = again.push(raw(2, '1234567890', { time: '2099-01-01T00:00:00Z' }), 0);
  assert.deepEqual(texts(ahead), ['budget', '1234567890']);
  assert.deepEqual(texts(again.push(raw(3, 'back', { time: '2026-11-30T00:00:00Z' }), 0)), ['back']);
});

test('a trace of Java, Python or Go is one record, and what follows is another', () => {
  const java = [
    '10:00 ERROR it broke',
    'java.lang.IllegalStateException: no',
    '\tat a.B.c(B.java:1)',
    'Caused by: x.Y: z',
    '\t... 3 more',
    '10:01 INFO on',
  ];
  assert.deepEqual(
    records({ multiline: 'java' }, java).map(one => [
      one.sequence,
      one.kind === 'log' && [one.level, one.text.split('\n').length],
    ]),
    [
      [0, ['error', 5]],
      [5, ['info', 1]],
    ],
  );
  const calm = ['10:00 INFO started', 'java.lang.Error: no', '\tat a.B.c(B.java:1)'];
  assert.deepEqual(
    records({ multiline: 'java' }, calm).map(one => one.kind === 'log' && one.level),
    ['info', 'error'],
    'a trace is hidden behind no calm line',
  );
  const python = [
    'Traceback (most recent call last):',
    '  File "a.py", line 1, in b',
    'KeyError: 1',
    '',
    'During handling of the above exception, another exception occurred:',
    '',
    'Traceback (most recent call last):',
    '  File "a.py"',
    'ValueError: 2',
    'next line',
  ];
  assert.deepEqual(
    records({ multiline: 'python' }, python).map(({ sequence }) => sequence),
    [0, 9],
  );
  const go = [
    'starting',
    'panic: boom',
    '',
    'goroutine 1 [running]:',
    'main.f(0x1, {0x2, 0x3})',
    '\t/a.go:3 +0x1',
    'main.main()',
    '\t/a.go:9',
    'exit status 2',
    'starting',
  ];
  const found = records({ multiline: 'go' }, go).map(({ sequence }) => sequence);
  assert.deepEqual(found, [0, 1, 9]);
});

test('two streams are joined side by side, and records come out in the order of their first lines', () => {
  const lines = [
    raw(0, 'Traceback (most recent call last):', { stream: 'stderr' }),
    raw(1, 'between'),
    raw(2, '  File "a.py"', { stream: 'stderr' }),
    raw(3, 'between too'),
    raw(4, 'KeyError: 1', { stream: 'stderr' }),
  ];
  const all = records({ multiline: 'python' }, lines);
  assert.deepEqual(
    all.map(({ sequence }) => sequence),
    [0, 1, 3],
  );
  assert.equal(texts(all)[0]?.split('\n').length, 3);
});

test('a joined record waits a second for its next line, three for its last one, and is bounded', () => {
  const one = pipeline({ multiline: 'indent' });
  assert.deepEqual(one.push(raw(0, 'a'), 0), []);
  assert.equal(one.held, 0);
  assert.deepEqual(one.drain(900), []);
  one.push(raw(1, ' b'), 900);
  assert.deepEqual(one.drain(1800), []);
  assert.deepEqual(texts(one.drain(1900)), ['a\n b']);
  for (let at = 0; at < 8; at += 1) one.push(raw(2 + at, ' c'), 2000 + at * 500);
  assert.equal(one.drain(5400).length, 1);
  const endless = Array.from({ length: 5000 }, (_, at) => ` ${at} ${'x'.repeat(90)}`);
  const all = records({ multiline: 'indent' }, endless);
  assert.equal(all.length, 5);
  for (const record of all) {
    assert.ok(record.kind === 'log' && record.text.length <= 32 * 1024 && (record.cut ?? 0) > 0);
  }
});

test('a line of JSON: its message, its level, and its fields by dots; the time stays the engine’s', () => {
  const pino = {
    level: 50,
    time: 1,
    msg: 'no',
    req: { id: 7, url: { path: '/' } },
    tags: ['a', 1],
    none: null,
  };
  assert.deepEqual(records({ format: 'json' }, [JSON.stringify(pino)]), [
    {
      kind: 'log',
      sequence: 0,
      time,
      stream: 'stdout',
      text: 'no',
      level: 'error',
      fields: { level: 50, time: 1, 'req.id': 7, 'req.url.path': '/', tags: '["a",1]' },
    },
  ]);
  const [plain, broken, list] = records({ format: 'json' }, ['x', '{"level":"warn", ', '[1]']);
  assert.deepEqual(texts([plain, broken, list].flatMap(one => one ?? [])), ['x', '{"level":"warn", ', '[1]']);
});

test('hostile JSON: depth, breadth, names of prototypes', () => {
  const deep = `{"a":${'['.repeat(15_000)}${']'.repeat(15_000)},"b":${'{"c":'.repeat(20)}1${'}'.repeat(20)}}`;
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`f${at}`, at])));
  const names = '{"__proto__":{"x":1},"constructor":1,"message":"m","toString":"t"}';
  const [first, second, third] = records({ format: 'json' }, [deep, wide, names]);
  assert.ok(first?.kind === 'log' && second?.kind === 'log' && third?.kind === 'log');
  assert.deepEqual(first.fields, { 'towline.left_out': 2 });
  assert.equal(Object.keys(second.fields ?? {}).length, 49);
  assert.equal(second.fields?.['towline.left_out'], 2000 - 48);
  assert.deepEqual(Object.keys(third.fields ?? {}), ['__proto__.x', 'constructor', 'toString']);
});

test('what an app prints is covered by redaction: text, fields, names of fields, a key over many lines', () => {
  const settings: Partial<LogSettings> = {
    format: 'json',
    redact: { patterns: patternNames, literals: ['Project Y'] },
  };
  const one = pipeline(settings, ['s3cr3t-value']);
  const say = (text: string) =>
    one.push(raw(0, text), 0).map(each => (each.kind === 'log' ? [each.text, each.fields] : []));
  assert.deepEqual(say('bob@example.com of Project Y: s3cr3t-value'), [
    ['[hidden] of [hidden]: [hidden]', undefined],
  ]);
  assert.deepEqual(
    say(
      '{"msg":"m","password":"hunter22","user":{"mail":"a@b.example"},"card":4111111111111111,"s3cr3t-value":1}',
    ),
    [['m', { password: '[hidden]', 'user.mail': '[hidden]', card: '[hidden]', '[hidden]': 1 }]],
  );
  const key = ['-----BEGIN PRIVATE KEY-----', 'A'.repeat(64), 'abc=', '-----END PRIVATE KEY-----', 'after'];
  assert.deepEqual(
    key.flatMap(line => say(line).map(([text]) => text)),
    ['[hidden]', '[hidden]', '[hidden]', '[hidden]', 'after'],
  );
  const [cut] = pipeline({ maxLineBytes: 1030 }, ['s3cr3t-value']).push(
    raw(0, `${'x'.repeat(1022)}s3cr3t-value`),
    0,
  );
  assert.ok(cut?.kind === 'log' && cut.text.endsWith('x[hidden]'), 'not by its beginning either');
});

const anyLine = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  fc
    .constantFrom(
      'Traceback (most recent call last):',
      '\tat x',
      'panic: x',
      '',
      ' ',
      '{"msg":"x","level":30}',
      'java.lang.Error',
      '-----BEGIN PRIVATE KEY',
    )
    .map(text => Buffer.from(text)),
  fc.json().map(text => Buffer.from(text)),
);
const anySettings = fc.record({
  multiline: fc.option(fc.constantFrom(...multilineKinds), { nil: undefined }),
  format: fc.constantFrom('text' as const, 'json' as const),
  patterns: fc.subarray([...patternNames]),
  maxLinesPerSecond: fc.constantFrom(1, 5, 10_000),
});

test('property: every line is in one record or gap, in order, and what comes out is what a segment’s reader takes', () => {
  const streams = fc.constantFrom('stdout' as const, 'stderr' as const);
  fc.assert(
    fc.property(
      anySettings,
      fc.array(fc.tuple(anyLine, streams, fc.boolean()), { maxLength: 60 }),
      (chosen, lines) => {
        const { multiline, patterns, ...rest } = chosen;
        const one = pipeline({
          ...rest,
          redact: { patterns, literals: ['xy'] },
          ...(multiline === undefined ? {} : { multiline }),
        });
        const all: LineRecord[] = [];
        for (const [at, [text, stream, drains]] of lines.entries()) {
          all.push(...one.push(raw(at, text, { stream }), at * 100));
          if (drains) all.push(...one.drain(at * 100 + 1000));
          const through = all.at(-1)?.sequence ?? -1;
          assert.ok((one.held ?? at + 1) > through, 'what is held is behind what came out');
        }
        all.push(...one.close());
        assert.equal(one.held, undefined);
        const sequences = all.map(({ sequence }) => sequence);
        assert.deepEqual(
          sequences,
          [...new Set(sequences)].sort((a, b) => a - b),
        );
        if (lines.length > 0) assert.equal(sequences[0], 0);
        const counted = all.reduce((sum, each) => sum + (each.kind === 'gap' ? (each.lines ?? 0) : 0), 0);
        if (multiline === undefined)
          assert.equal(all.filter(({ kind }) => kind === 'log').length + counted, lines.length);
        const { records: read, unreadable } = readSegment(writeSegment(all));
        assert.equal(unreadable, 0);
        assert.equal(read.length, all.length);
      },
    ),
  );
});

test('what must stay is found behind escapes of JSON, at the end of a long field, and before a character that was cut', () => {
  const redact = { patterns: [], literals: ['geheimnisäß'] };
  const long = `${'a'.repeat(8 * 1024 - 6)}geheimnisäß`;
  const message = 'geheim\u001b[31mnisäß';
  const [json] = records({ format: 'json', redact }, [
    JSON.stringify({ message, long, nested: { colour: message } }),
  ]);
  assert.ok(json?.kind === 'log');
  assert.equal(json.text, '[hidden]');
  assert.equal(json.fields?.['nested.colour'], '[hidden]');
  assert.equal(String(json.fields?.long).replace(/^a+/, ''), '[hidde');
  // The source has cut it already, within a character.
  const cutText = Buffer.from('x geheimnisä').subarray(0, -1);
  const [cut] = records({ redact }, [raw(0, cutText, { cut: 3 })]);
  assert.ok(cut?.kind === 'log');
  assert.deepEqual([cut.text, cut.cut], ['x [hidden]', 4]);
});
