import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantOf, instantOfMs, instantWord, nanosecondsWord } from '../../../gateway/sinks/instant.ts';

const origin = { commitMs: Date.parse('2026-11-28T10:00:00Z') };

test('a record keeps its nanoseconds, however many digits it has of them', () => {
  const word = (time: string) => nanosecondsWord(instantOf(time, origin));
  assert.equal(word('2026-11-28T09:59:59.123456789Z'), '1795859999123456789');
  assert.equal(word('2026-11-28T09:59:59.1Z'), '1795859999100000000');
  assert.equal(word('2026-11-28T09:59:59Z'), '1795859999000000000');
  assert.equal(word('1970-01-01T00:00:00.000000007Z'), '7');
  assert.equal(instantWord(instantOf('2026-11-28T09:59:59.1Z', origin)), '2026-11-28T09:59:59.100000000Z');
});

test('a time that is none, or that its commit had not seen yet, is the time of the commit', () => {
  for (const time of ['2026-13-45T10:00:00Z', '2099-01-01T00:00:00Z', '1969-12-31T23:59:59Z']) {
    assert.deepEqual(instantOf(time, origin), instantOfMs(origin.commitMs), time);
  }
  assert.equal(instantOf('2026-11-28T10:09:59Z', origin).seconds, origin.commitMs / 1000 + 599);
});
