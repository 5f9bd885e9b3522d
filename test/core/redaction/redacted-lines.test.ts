import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { redacted } from '../../../core/redaction/redacted-lines.ts';

const one = (line: string, ...secrets: string[]) => redacted([line], secrets)[0];

test('a known secret goes as it is, in JSON, in a URL, in base64, and line by line', () => {
  const secret = 'p&ss"wörd/1';
  for (const spelled of [secret, JSON.stringify(secret), encodeURIComponent(secret)]) {
    assert.doesNotMatch(one(`got ${spelled} here`, secret) ?? '', /p&ss|rd\/1|p%26ss/);
  }
  assert.equal(one(`x ${Buffer.from(secret).toString('base64')}`, secret)?.includes('[hidden]'), true);
  assert.deepEqual(redacted(['first-line', 'x second-line y'], ['first-line\nsecond-line\n']), [
    '[hidden]',
    'x [hidden] y',
  ]);
  assert.equal(one('pa\u001b[1mss-word', 'pass-word'), '[hidden]', 'through the colours of a terminal');
  assert.equal(one('port 80', '80', ''), 'port 80', 'what is too short stands in everything');
});

test('what looks like a secret goes, whoever knows it', () => {
  const gone: readonly (readonly [string, string])[] = [
    ['Authorization: Bearer abc.def', 'Authorization: [hidden]'],
    ['authorization="Basic YWxhZGRpbg=="', 'authorization="[hidden]"'],
    ['using bearer abcdefgh123', 'using bearer [hidden]'],
    ['DB_PASSWORD=hunter2 next', 'DB_PASSWORD=[hidden] next'],
    ['{"api_key": "a b c", "x": 1}', '{"api_key": [hidden], "x": 1}'],
    ['postgres://bob:hunter2@db:5432/x', 'postgres://bob:[hidden]@db:5432/x'],
    ["token: 'abc'", 'token: [hidden]'],
  ];
  for (const [line, without] of gone) assert.equal(one(line), without);
  for (const line of ['password authentication failed', 'see https://example.com/a:b', 'exit 1']) {
    assert.equal(one(line), line);
  }
  const key = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEow', '-----END RSA PRIVATE KEY-----', 'after'];
  assert.deepEqual(redacted(key, []), ['[hidden]', '[hidden]', '[hidden]', 'after']);
});

test('property: no line has a known secret, and hostile lines cost little', () => {
  const secret = fc.string({ minLength: 4, maxLength: 30 }).filter(text => text.trim().length >= 4);
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (known, before, after) => {
      const needle = known.trim();
      if ('[hidden]'.includes(needle)) return;
      assert.ok(one(`${before}${known}${after}`, known)?.includes('[hidden]'));
    }),
  );
  const start = performance.now();
  for (const piece of ['a', ':/', 'token:', '"', 'bearer ', '\u001b[', '\u001b]', '://a:', 'password="']) {
    redacted(Array(20).fill(piece.repeat(30_000 / piece.length)), ['secret']);
  }
  assert.ok(performance.now() - start < 10_000);
});
