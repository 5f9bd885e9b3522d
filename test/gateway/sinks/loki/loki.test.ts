import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery, RecordSink } from '../../../../gateway/sinks/delivery.ts';
import { isAllOf } from '../../../../gateway/sinks/loki/loki.ts';
import { openLoki } from '../../../../gateway/sinks/loki/open.ts';
import type { SinkFileOf } from '../../../../gateway/sinks/open-sink.ts';
import { eventDelivery, logDeliveries, logDelivery, startMs } from '../receivers/deliveries.ts';
import { LokiServer } from '../receivers/loki-server.ts';
import { failureOf, servicesFor } from '../receivers/opened.ts';

const { signal } = new AbortController();
const hourMs = 3_600_000;

function opened(server: LokiServer, of: Partial<SinkFileOf<'loki'>> = {}): RecordSink | Promise<RecordSink> {
  return openLoki({ kind: 'loki', url: server.url, ...of }, servicesFor('loki'));
}

const serverAt = (nowMs: number) => new LokiServer(() => nowMs).listen();
const idsOf = (batch: readonly Delivery[]) => batch.map(({ id }) => id);

test('lines and events arrive in streams, packed', async () => {
  await using server = await serverAt(startMs + 60_000);
  const sink = await opened(server);
  const batch = [...logDeliveries(3), eventDelivery(1)];
  assert.deepEqual(await sink.deliver(batch, signal), []);
  assert.deepEqual(server.ids, idsOf(batch));
  assert.equal(server.received[0]?.headers['content-encoding'], 'gzip');
  assert.equal(server.lines[0]?.at, BigInt(startMs + 1) * 1_000_000n + 123_456n);
});

test('a device that was away for hours holds up nobody: it has a stream of its own', async () => {
  await using server = await serverAt(startMs + 5 * hourMs);
  const sink = await opened(server);
  const late = { commitMs: startMs + 5 * hourMs };
  const now = logDelivery(5 * hourMs, { origin: { device: 'pump-1', ...late } });
  assert.deepEqual(await sink.deliver([now], signal), []);
  assert.deepEqual(await sink.deliver(logDeliveries(2, { device: 'pump-2', ...late }), signal), []);
});

test('what is too far behind its stream is refused for good where it is all of a push, and looked for where not', async () => {
  await using server = await serverAt(startMs + 5 * hourMs);
  const sink = await opened(server);
  const origin = { commitMs: startMs + 5 * hourMs };
  await sink.deliver([logDelivery(5 * hourMs, { origin })], signal);
  const behind = logDeliveries(2, origin);
  const refused = await sink.deliver(behind, signal);
  assert.deepEqual(idsOf(refused.map(({ delivery }) => delivery)), idsOf(behind));
  assert.match(String(refused[0]?.reason), /^400 entry with timestamp .* too far behind/);
  const mixed = [logDelivery(5 * hourMs + 1, { origin }), ...behind];
  const { code, message } = await failureOf(sink.deliver(mixed, signal));
  assert.equal(code, 'TELEMETRY_BATCH_REFUSED');
  assert.match(message, /too far behind/);
});

test('a rate limit and a server that is down are waited for, a missing tenant is told', async () => {
  await using server = await serverAt(startMs);
  const sink = await opened(server);
  server.faults.push(
    { status: 429, body: 'Ingestion rate limit exceeded' },
    { status: 500, body: 'at least 1 live replicas required' },
  );
  for (const status of [429, 500]) {
    const { code, message } = await failureOf(sink.deliver(logDeliveries(1), signal));
    assert.equal(code, 'TELEMETRY_RECEIVER_BUSY');
    assert.ok(message.includes(String(status)));
  }
  server.wantsTenant = true;
  const { code, message } = await failureOf(sink.deliver(logDeliveries(1), signal));
  assert.deepEqual([code, /no org id/.test(message)], ['TELEMETRY_RECEIVER_DENIES', true]);
  const named = await opened(server, { tenant: 'plant-7' });
  assert.deepEqual(await named.deliver(logDeliveries(1), signal), []);
});

test('a clock that is years ahead makes no line of the future', async () => {
  await using server = await serverAt(startMs + 60_000);
  const sink = await opened(server);
  const lines = ['2099-01-01T00:00:00Z', '2026-99-99T99:99:99Z'].map((time, at) =>
    logDelivery(at, { record: { time } }),
  );
  assert.deepEqual(await sink.deliver(lines, signal), []);
  assert.ok(server.lines.every(({ at }) => at === BigInt(startMs + 60_000) * 1_000_000n));
});

test('whatever an app writes, Loki takes it', async () => {
  await using server = await serverAt(startMs);
  const sink = await opened(server);
  const texts = ['', '\u0000\u001b[31mred', 'a\ud800b', '"}]}', 'ä'.repeat(64 * 1024), '\u2028'];
  const fields = {
    '': 1,
    ['__proto__']: 2,
    constructor: 3,
    ünicode: 4,
    'a-b': 'x',
    a_b: 'y',
    record_id: 'forged',
  };
  const batch = texts.map((text, at) => logDelivery(at, { record: { text, fields } }));
  assert.deepEqual(await sink.deliver(batch, signal), []);
  assert.deepEqual(server.ids, idsOf(batch));
  assert.equal(server.lines[0]?.metadata.field_record_id, 'forged');
});

test('whether Loki took nothing of a push is read from its own count', () => {
  const words = (ignored: number, of: number) =>
    `entry too far behind, total ignored: ${ignored} out of ${of}`;
  assert.equal(isAllOf(words(5, 5), 5), true);
  assert.equal(isAllOf(words(2, 5), 5), false);
  assert.equal(isAllOf(words(5, 5), 6), false);
  assert.equal(isAllOf('error parsing labels', 5), false);
});
