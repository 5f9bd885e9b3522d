import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingLine } from '../../agent/program/reading-log.ts';

test('a line of the log is words at a terminal: time, level, what it says, what else there is; no text steers it', () => {
  const line = {
    level: 40,
    time: 1795903492899,
    device: 'pump-1',
    pass: '740a',
    troubles: ['web: \u001b[2J'],
    msg: 'not all is well',
  };
  assert.match(
    readingLine(JSON.stringify(line)),
    /^\d\d:\d\d:\d\d WARN {2}not all is well {2}pass=740a {2}troubles=\["web: \\u001b\[2J"\]$/,
  );
  assert.equal(readingLine('no JSON\u0007'), 'no JSON\\u0007');
  for (const other of ['null', '[1]', '"a"', '{"msg":"x"}']) assert.equal(readingLine(other), other);
  assert.match(readingLine('{"level":30,"time":1}'), /^\d\d:\d\d:\d\d info {2}$/);
});
