import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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

test('property: a date that there is is the one that the language reads', () => {
  const digits = fc.tuple(...[2200, 13, 32, 23, 59, 59].map(max => fc.nat({ max })));
  const here = { commitMs: Date.parse('9999-12-31T23:59:59Z') };
  fc.assert(
    fc.property(digits, ([year, ...rest]) => {
      const [month, day, hour, minute, second] = rest.map(number => String(number).padStart(2, '0'));
      const time = `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}Z`;
      const ms = Date.parse(time);
      assert.deepEqual(instantOf(time, here), instantOfMs(ms >= 0 ? ms : here.commitMs), time);
    }),
    { numRuns: 5_000 },
  );
});
