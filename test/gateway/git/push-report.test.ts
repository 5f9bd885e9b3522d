import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePacket, flushPacket } from '../../../core/io/git/pkt-line.ts';
import { PushReport } from '../../../gateway/git/push-report.ts';

const report = Buffer.concat([
  encodePacket('unpack ok\n'),
  encodePacket('ok refs/heads/draft\n'),
  encodePacket('ng refs/heads/main hook declined\n'),
  encodePacket('ng refs/heads/other non-fast-forward\n'),
  flushPacket,
]);
const expected = [
  ['refs/heads/main', 'hook declined'],
  ['refs/heads/other', 'non-fast-forward'],
];

test('refused refs are read from the report, in the side band or not, however it is cut into chunks', () => {
  const banded = encodePacket(Buffer.concat([Buffer.from([1]), report]).toString('latin1'));
  for (const bytes of [report, banded]) {
    for (let at = 0; at <= bytes.length; at += 1) {
      const read = new PushReport();
      read.add(Buffer.alloc(200_000, 'advert'));
      read.add(bytes.subarray(0, at));
      read.add(bytes.subarray(at));
      assert.deepEqual([...read.refused()], expected);
    }
  }
});

test('a push that was taken, and one that says no end of refusals, are bounded', () => {
  const none = new PushReport();
  none.add(encodePacket('ok refs/heads/main\n'));
  assert.deepEqual([...none.refused()], []);
  const many = new PushReport();
  for (let count = 0; count < 5000; count += 1)
    many.add(encodePacket(`ng refs/heads/x${count} ${'y'.repeat(900)}\n`));
  const refused = [...many.refused()];
  assert.equal(refused.length, 20);
  assert.ok(refused.every(([, reason]) => reason.length <= 200));
});
