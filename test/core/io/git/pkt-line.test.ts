import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TowlineError } from '../../../../core/errors.ts';
import {
  delimiterPacket,
  encodePacket,
  flushPacket,
  packetText,
  readAnswer,
  readPackets,
} from '../../../../core/io/git/pkt-line.ts';

const malformed = (why: string, at: number) =>
  new TowlineError('GATEWAY_REQUEST_MALFORMED', `${why} at ${at}`);

function shown(bytes: Buffer): string[] {
  return [...readPackets(bytes, malformed)].map(packet =>
    packet.kind === 'data' ? packetText(packet.payload) : packet.kind,
  );
}

test('lines, flushes and delimiters are read as they were written', () => {
  const body = [
    encodePacket('a line\n'),
    delimiterPacket,
    encodePacket(''),
    flushPacket,
    Buffer.from('0002'),
  ];
  assert.deepEqual(shown(Buffer.concat(body)), ['a line', 'delimiter', '', 'flush', 'end']);
});

test('what is no pkt-line, too long or cut off is an error of the one who reads, with its place', () => {
  const first = encodePacket('one');
  for (const [rest, why] of [
    ['zzzz', 'not a pkt-line'],
    ['0003', 'a pkt-line of 3 bytes'],
    ['fff1', 'a pkt-line of 65521 bytes'],
    ['0009abc', 'a pkt-line is cut off'],
    ['00', 'a pkt-line is cut off'],
  ] as const) {
    const expected = { code: 'GATEWAY_REQUEST_MALFORMED', message: `${why} at ${first.length}` };
    assert.throws(() => shown(Buffer.concat([first, Buffer.from(rest)])), expected);
  }
});

test('an answer has lines and flushes only', () => {
  const read = (...parts: Buffer[]) => [...readAnswer(Buffer.concat(parts))].map(({ kind }) => kind);
  assert.deepEqual(read(encodePacket('ok\n'), flushPacket), ['data', 'flush']);
  const message = 'the answer is no whole pkt-line at byte 11';
  assert.throws(() => read(encodePacket('ok\n'), flushPacket, delimiterPacket), {
    code: 'GIT_PACK',
    message,
  });
  assert.throws(() => read(encodePacket('ok\n'), flushPacket, Buffer.from('00')), {
    code: 'GIT_PACK',
    message,
  });
});
