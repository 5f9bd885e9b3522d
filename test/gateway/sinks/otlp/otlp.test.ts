import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery, RecordSink } from '../../../../gateway/sinks/delivery.ts';
import { openOtlp } from '../../../../gateway/sinks/otlp/open.ts';
import { eventDelivery, logDeliveries, logDelivery, metricsDelivery } from '../receivers/deliveries.ts';
import { failureOf, servicesFor } from '../receivers/opened.ts';
import { OtlpServer, refusal } from '../receivers/otlp-server.ts';

const { signal } = new AbortController();

function opened(server: OtlpServer): RecordSink | Promise<RecordSink> {
  return openOtlp({ kind: 'otlp', url: server.url }, servicesFor('otlp'));
}

const idsOf = (batch: readonly Delivery[]) => batch.map(({ id }) => id);

test('logs, events and metrics arrive, packed, and keep their ids', async () => {
  await using server = await new OtlpServer().listen();
  const sink = await opened(server);
  const batch = [...logDeliveries(3), eventDelivery(1), metricsDelivery(1)];
  assert.deepEqual(await sink.deliver(batch, signal), []);
  assert.deepEqual(server.ids, idsOf(batch.slice(0, 4)));
  assert.equal(server.points.length, 5);
  assert.ok(server.received.every(({ headers }) => headers['content-encoding'] === 'gzip'));
});

for (const status of [429, 502, 503, 504]) {
  test(`${status} is asked again, when the receiver says`, async () => {
    await using server = await new OtlpServer().listen();
    const sink = await opened(server);
    server.faults.push({
      ...refusal(status, 'queue is full'),
      headers: { 'retry-after': '3', 'content-type': 'application/x-protobuf' },
    });
    const { code, message, details } = await failureOf(sink.deliver(logDeliveries(1), signal));
    assert.deepEqual([code, details], ['TELEMETRY_RECEIVER_BUSY', { retryAfterMs: 3000 }]);
    assert.match(message, /queue is full$/);
  });
}

test('a partial success is a loss that is told: which they are it does not say, so all of the request is set aside', async () => {
  for (const answersInJson of [false, true]) {
    await using server = await new OtlpServer().listen();
    server.answersInJson = answersInJson;
    server.rejects = count => (count === 3 ? 1 : 0);
    const sink = await opened(server);
    const batch = logDeliveries(3);
    const refused = await sink.deliver([...batch, metricsDelivery(1)], signal);
    assert.deepEqual(idsOf(refused.map(({ delivery }) => delivery)), idsOf(batch));
    assert.match(String(refused[0]?.reason), /not all of 3 records: 1 rejected.*too long a name/);
    assert.equal(server.received.length, 2, 'nothing is sent twice');
    server.rejects = count => count;
    const [points] = await sink.deliver([metricsDelivery(2)], signal);
    assert.equal(points?.delivery.id, 'pump-17/metrics/2');
  }
});

test('a request that is refused as a whole is divided; the other half of it is not sent twice', async () => {
  await using server = await new OtlpServer().listen();
  const sink = await opened(server);
  server.refuseRecord = ({ body }) => body === 'line 2';
  const { code } = await failureOf(sink.deliver(logDeliveries(3), signal));
  assert.equal(code, 'TELEMETRY_BATCH_REFUSED');
  server.refuseRecord = () => false;
  server.takesMetrics = false;
  const batch = [...logDeliveries(2), metricsDelivery(1)];
  assert.equal((await failureOf(sink.deliver(batch, signal))).code, 'TELEMETRY_RECEIVER_DENIES');
  server.takesMetrics = true;
  assert.deepEqual(await sink.deliver(batch, signal), []);
  assert.deepEqual(server.ids, idsOf(batch.slice(0, 2)));
});

test('an answer that is none of OTLP delivers nothing', async () => {
  await using server = await new OtlpServer().listen();
  const sink = await opened(server);
  const json = { 'content-type': 'application/json' };
  server.faults.push({ status: 200, body: '<html>hello</html>' }, { status: 200, headers: json, body: '{' });
  for (let fault = 0; fault < 2; fault += 1) {
    const { code } = await failureOf(sink.deliver(logDeliveries(1), signal));
    assert.equal(code, 'TELEMETRY_ANSWER_UNREADABLE');
  }
  // An empty answer is what a receiver may send that has nothing to add.
  server.faults.push({ status: 200 });
  assert.deepEqual(await sink.deliver(logDeliveries(1), signal), []);
});

test('whatever an app writes, a receiver can read it', async () => {
  await using server = await new OtlpServer().listen();
  const sink = await opened(server);
  const fields = { '': 1, ['__proto__']: 2, big: 2 ** 53, nan: Number.NaN, 'log.record.uid': 'forged' };
  const texts = ['', '\u0000', 'a\ud800b', 'ä'.repeat(64 * 1024)];
  const batch = texts.map((text, at) =>
    logDelivery(at, { record: { text, fields, time: '2026-99-01T00:00:00Z' } }),
  );
  assert.deepEqual(await sink.deliver(batch, signal), []);
  assert.deepEqual(server.ids, idsOf(batch));
});
