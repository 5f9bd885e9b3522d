import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gelfChunks } from '../../../../gateway/sinks/gelf/chunks.ts';
import { gelfMessage } from '../../../../gateway/sinks/gelf/gelf-message.ts';
import { eventDelivery, gapDelivery, logDelivery } from '../wire/deliveries.ts';

const message = (delivery: Parameters<typeof gelfMessage>[0]) => JSON.parse(gelfMessage(delivery));

test('a line has the fields of Docker’s driver, and who wrote it', () => {
  assert.deepEqual(message(logDelivery(7, 'gestartet', { fields: { user: 'ä', count: 3, ok: true } })), {
    version: '1.1',
    host: 'wire-17',
    short_message: 'gestartet',
    timestamp: Date.parse('2026-11-29T01:02:03.123Z') / 1000,
    level: 6,
    _container_id: 'c0ffee123456',
    _container_name: 'pump-web',
    _tag: 'c0ffee123456',
    _project: 'pump',
    _service: 'web',
    _record_id: 'wire-17/c0ffee123456/7',
    _sequence: 7,
    _time: '2026-11-29T01:02:03.123456789Z',
    _fleet: 'wire-fleet',
    _device: 'wire-17',
    _kind: 'log',
    _stream: 'stdout',
    _label_site: 'berlin',
    _user: 'ä',
    _count: 3,
    _ok: 'true',
  });
});

test('the first line is the short message, all of them the full one; an empty line is one, too', () => {
  const several = message(logDelivery(7, 'Error: x\r\n  at y\n  at z'));
  assert.equal(several.short_message, 'Error: x');
  assert.equal(several.full_message, 'Error: x\r\n  at y\n  at z');
  assert.equal(message(logDelivery(7, '')).short_message, '-');
});

test('no field of an app takes the place of one that says who it was', () => {
  const fields = { device: 'other', record_id: 'x', id: 'y', 'a b/c': 'z', field_device: 'w' };
  const { _device, _record_id, _id, _field_device, _field_id, _a_b_c, _field_record_id } = message(
    logDelivery(7, 'x', { fields }),
  );
  assert.deepEqual(
    [_device, _record_id, _id, _field_device, _field_id, _a_b_c, _field_record_id],
    ['wire-17', 'wire-17/c0ffee123456/7', undefined, 'other', 'y', 'z', 'x'],
  );
});

test('no message has a NUL in it, which would end it', () => {
  const text = gelfMessage(logDelivery(7, 'a\u0000b', { fields: { c: 'd\u0000e' } }));
  assert.ok(!text.includes('\0'));
  assert.equal(JSON.parse(text).short_message, 'a\u0000b');
});

test('gaps and events are messages, too', () => {
  const gap = message(gapDelivery(9, { lines: 120 }));
  assert.deepEqual(
    [gap.level, gap._kind, gap._gap_reason, gap._gap_lines, gap.short_message],
    [
      4,
      'gap',
      'rotated',
      120,
      '120 log lines are missing: the engine had removed them before they were read',
    ],
  );
  const event = message(eventDelivery(3));
  assert.deepEqual([event._kind, event._event, event._container_id], ['event', 'container.die', undefined]);
});

test('chunks join to the message again, and there are at most 128 of them', () => {
  const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 251));
  const chunks = gelfChunks(bytes, 1_420) ?? [];
  assert.equal(chunks.length, 4);
  assert.ok(
    chunks.every(chunk => chunk.length <= 1_420 && chunk.readUInt16BE(0) === 0x1e0f && chunk[11] === 4),
  );
  assert.deepEqual(
    chunks.map(chunk => chunk[10]),
    [0, 1, 2, 3],
  );
  assert.equal(new Set(chunks.map(chunk => chunk.subarray(2, 10).toString('hex'))).size, 1);
  assert.deepEqual(Buffer.concat(chunks.map(chunk => chunk.subarray(12))), bytes);
  assert.equal(gelfChunks(Buffer.alloc(128 * 1_408), 1_420)?.length, 128);
  assert.equal(gelfChunks(Buffer.alloc(128 * 1_408 + 1), 1_420), undefined);
  assert.deepEqual(gelfChunks(bytes.subarray(0, 1_420), 1_420), [bytes.subarray(0, 1_420)]);
});
