import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordSink } from '../../../../gateway/sinks/delivery.ts';
import { openElasticsearch } from '../../../../gateway/sinks/elasticsearch/open.ts';
import type { SinkFileOf } from '../../../../gateway/sinks/open-sink.ts';
import { eventDelivery, logDeliveries, logDelivery, metricsDelivery } from '../receivers/deliveries.ts';
import { ElasticsearchServer } from '../receivers/elasticsearch-server.ts';
import { failureOf, servicesFor } from '../receivers/opened.ts';

const { signal } = new AbortController();

function opened(
  server: ElasticsearchServer,
  of: Partial<SinkFileOf<'elasticsearch'>> = {},
): RecordSink | Promise<RecordSink> {
  return openElasticsearch({ kind: 'elasticsearch', url: server.url, ...of }, servicesFor('search'));
}

const bulksOf = ({ received }: ElasticsearchServer) => received.filter(({ path }) => path === '/_bulk');
const countOf = (server: ElasticsearchServer, at: number) =>
  (bulksOf(server)[at]?.body.toString().split('\n').length ?? 0) >> 1;

test('records become documents of data streams, and what is sent again stays the one it was', async () => {
  await using server = await new ElasticsearchServer().listen();
  const sink = await opened(server);
  const batch = [...logDeliveries(3), eventDelivery(1)];
  assert.deepEqual(await sink.deliver(batch, signal), []);
  assert.deepEqual(await sink.deliver(batch, signal), []);
  assert.deepEqual(
    server.ids,
    batch.map(({ id }) => id),
  );
  assert.deepEqual([...server.documents.keys()], ['logs-towline-default', 'logs-towline.events-default']);
  const [bulk] = bulksOf(server);
  assert.equal(bulk?.headers['content-encoding'], 'gzip');
  assert.ok((bulk?.packedBytes ?? 0) < (bulk?.body.length ?? 0) / 2);
  await sink.close();
});

test('what one document is refused for holds up no other, and is not sent again', async () => {
  await using server = await new ElasticsearchServer().listen();
  const sink = await opened(server);
  server.refuseItem = (_, { message }) =>
    message === 'line 2'
      ? { status: 400, type: 'document_parsing_exception', reason: 'failed to parse field [x]' }
      : undefined;
  const batch = logDeliveries(3);
  assert.deepEqual(await sink.deliver(batch, signal), [
    { delivery: batch[1], reason: '400 document_parsing_exception: failed to parse field [x]' },
  ]);
  assert.equal(server.ids.length, 2);
});

test('of a batch that was taken in part only the rest is sent again, and what was refused is told once', async () => {
  await using server = await new ElasticsearchServer().listen();
  const sink = await opened(server);
  let isFull = true;
  server.refuseItem = (_, { message }) => {
    if (message === 'line 1') return { status: 400, type: 'mapper_parsing_exception', reason: 'no' };
    if (!isFull || message === 'line 2') return undefined;
    return { status: 429, type: 'es_rejected_execution_exception', reason: 'queue capacity reached' };
  };
  const batch = logDeliveries(5);
  const { code, message } = await failureOf(sink.deliver(batch, signal));
  assert.equal(code, 'TELEMETRY_RECEIVER_BUSY');
  assert.match(message, /^3 documents were not taken: 429 es_rejected_execution_exception: queue/);
  isFull = false;
  const refused = await sink.deliver(batch, signal);
  assert.deepEqual(
    refused.map(({ delivery }) => delivery.id),
    [batch[0]?.id],
  );
  assert.deepEqual([countOf(server, 0), countOf(server, 1)], [5, 3]);
  assert.equal(server.ids.length, 4);
});

test('rights that are missing for an index refuse no record', async () => {
  await using server = await new ElasticsearchServer().listen();
  const sink = await opened(server);
  server.refuseItem = () => ({ status: 403, type: 'security_exception', reason: 'unauthorized' });
  const { code } = await failureOf(sink.deliver(logDeliveries(2), signal));
  assert.equal(code, 'TELEMETRY_RECEIVER_DENIES');
});

test('a busy cluster names when to come again; a body that is too large is divided', async () => {
  await using server = await new ElasticsearchServer().listen();
  const sink = await opened(server, { templates: false });
  server.faults.push({ status: 503, headers: { 'retry-after': '7' }, body: 'no master' });
  const busy = await failureOf(sink.deliver(logDeliveries(2), signal));
  assert.deepEqual([busy.code, busy.details], ['TELEMETRY_RECEIVER_BUSY', { retryAfterMs: 7000 }]);
  server.maxBytes = 10;
  assert.equal((await failureOf(sink.deliver(logDeliveries(2), signal))).code, 'TELEMETRY_BATCH_REFUSED');
});

test('an answer that is none of Elasticsearch, or has no end, delivers nothing', async () => {
  await using server = await new ElasticsearchServer().listen();
  const sink = await opened(server, { templates: false });
  const answers = [
    '<html>welcome</html>',
    '{}',
    '{"errors":false,"items":[]}',
    '{"errors":true,"items":[1,2]}',
  ];
  for (const body of answers) server.faults.push({ status: 200, body });
  server.faults.push('endless');
  for (let fault = 0; fault <= answers.length; fault += 1) {
    const { code } = await failureOf(sink.deliver(logDeliveries(2), signal));
    assert.equal(code, 'TELEMETRY_ANSWER_UNREADABLE', answers[fault]);
  }
  server.faults.push('cut');
  assert.equal(
    (await failureOf(sink.deliver(logDeliveries(2), signal))).code,
    'TELEMETRY_RECEIVER_UNREACHABLE',
  );
  assert.deepEqual(await sink.deliver(logDeliveries(2), signal), []);
});

test('metrics are documents where the filter asks for them, and a refused one refuses its delivery', async () => {
  await using server = await new ElasticsearchServer().listen();
  assert.equal((await opened(server)).takes.has('metrics'), false);
  const sink = await opened(server, { filter: { kinds: ['metrics'] } });
  assert.deepEqual(await sink.deliver([metricsDelivery(1)], signal), []);
  assert.equal(server.documents.get('metrics-towline-default')?.size, 3);
  server.refuseItem = (_, { prometheus }) =>
    JSON.stringify(prometheus).includes('node_load1')
      ? {
          status: 400,
          type: 'illegal_argument_exception',
          reason: 'Limit of total fields [2000] has been exceeded',
        }
      : undefined;
  const [refused] = await sink.deliver([metricsDelivery(2)], signal);
  assert.equal(refused?.delivery.id, 'pump-17/metrics/2');
  assert.match(String(refused?.reason), /Limit of total fields/);
});

test('parameters and keys of its own go along with each request, and the key stands in no error', async t => {
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
  const folder = mkdtempSync('/tmp/towline-es-');
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(`${folder}/key`, 'ApiKey c2VjcmV0\n');
  await using server = await new ElasticsearchServer().listen();
  const of = { parameters: { pipeline: 'anonymise' }, headerFiles: { Authorization: `${folder}/key` } };
  const sink = await opened(server, of);
  await sink.deliver([logDelivery(1)], signal);
  const [bulk] = bulksOf(server);
  assert.equal(bulk?.query.get('pipeline'), 'anonymise');
  assert.ok(server.received.every(({ headers }) => headers.authorization === 'ApiKey c2VjcmV0'));
  server.faults.push({ status: 401, body: 'unknown key c2VjcmV0' });
  const { message, code } = await failureOf(sink.deliver([logDelivery(2)], signal));
  assert.equal(code, 'TELEMETRY_RECEIVER_DENIES');
  assert.ok(!message.includes('c2VjcmV0'), message);
});
