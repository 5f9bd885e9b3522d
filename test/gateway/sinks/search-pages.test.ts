/** docs/guides/sinks/{elasticsearch,loki,otlp}.md: what they say to write is taken, and what they say is sent is sent. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import type { RecordSink } from '../../../gateway/sinks/delivery.ts';
import { openElasticsearch } from '../../../gateway/sinks/elasticsearch/open.ts';
import { openLoki } from '../../../gateway/sinks/loki/open.ts';
import { openOtlp } from '../../../gateway/sinks/otlp/open.ts';
import { eventDelivery, logDelivery, metricsDelivery, startMs } from './receivers/deliveries.ts';
import { ElasticsearchServer } from './receivers/elasticsearch-server.ts';
import type { HttpReceiver } from './receivers/http-receiver.ts';
import { LokiServer } from './receivers/loki-server.ts';
import { servicesFor } from './receivers/opened.ts';
import { OtlpServer } from './receivers/otlp-server.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync('/tmp/towline-pages-');
after(() => rmSync(folder, { recursive: true }));
const { signal } = new AbortController();
const line = logDelivery(7, { record: { level: 'warn', fields: { order: 17 } } });

function pageOf(name: string): string {
  return readFileSync(path.join(root, 'docs/guides/sinks', name), 'utf8');
}

/** Blocks between fences, by the language behind the fence. */
function blocksOf(page: string, language: string): readonly string[] {
  return [...pageOf(page).matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, block = '']) =>
    found === language ? [block] : [],
  );
}

/** The sink of a block, with our server and our files in place of those on the page. */
async function opened(block: string, server: HttpReceiver, secret: string): Promise<RecordSink> {
  const secretFile = path.join(folder, 'secret');
  writeFileSync(secretFile, `${secret}\n`);
  const text = block
    .replace(/^ {4}tls:\n {6}ca: .*\n/m, '')
    .replace(/https?:\/\/[\w.]+\.example\.com(?::\d+)?/, server.url)
    .replaceAll(/\/etc\/towline\/[\w-]+/g, secretFile);
  const head = `apiVersion: towline/v1\nfleet: acme\nanchor: ${'a'.repeat(40)}\n`;
  for (const whole of [head + block, head + text])
    assert.deepEqual(readFleetFile('gateway', 'gateway.yaml', Buffer.from(whole)).problems, []);
  const { file } = readFleetFile('gateway', 'gateway.yaml', Buffer.from(head + text));
  const [[name, sink] = []] = Object.entries(file?.value.sinks ?? {});
  assert.ok(name !== undefined && sink !== undefined);
  const services = servicesFor(name, () => startMs + 120_000);
  if (sink.kind === 'elasticsearch') return openElasticsearch(sink, services);
  if (sink.kind === 'loki') return openLoki(sink, services);
  assert.equal(sink.kind, 'otlp');
  return openOtlp(sink.kind === 'otlp' ? sink : assert.fail(), services);
}

test('the sinks on the page of Elasticsearch send the document on it', async () => {
  const [own = '', victoria = ''] = blocksOf('elasticsearch.md', 'yaml');
  const [rights = '', document = ''] = blocksOf('elasticsearch.md', 'json');
  await using server = await new ElasticsearchServer().listen();
  const sink = await opened(own, server, 'ApiKey c2VjcmV0');
  assert.deepEqual(await sink.deliver([line], signal), []);
  assert.deepEqual(server.documents.get('logs-towline-default')?.get(line.id), JSON.parse(document));
  assert.ok(server.received.every(({ headers }) => headers.authorization === 'ApiKey c2VjcmV0'));
  assert.deepEqual([...server.policies.keys()], ['towline']);
  const [{ names }] = JSON.parse(rights).indices;
  assert.deepEqual(names, ['logs-towline*', 'metrics-towline*']);
  await opened(victoria, server, 'x');
});

test('the sink on the page of Loki sends the push on it', async () => {
  const [own = ''] = blocksOf('loki.md', 'yaml');
  const [push = ''] = blocksOf('loki.md', 'json');
  await using server = await new LokiServer(() => startMs).listen();
  server.wantsTenant = true;
  const sink = await opened(own, server, 'the password');
  assert.deepEqual(await sink.deliver([line], signal), []);
  const [received] = server.received;
  assert.deepEqual(JSON.parse(String(received?.body)), JSON.parse(push));
  assert.equal(received?.headers['x-scope-orgid'], 'plant-7');
  const basic = Buffer.from('towline:the password').toString('base64');
  assert.equal(received?.headers.authorization, `Basic ${basic}`);
});

test('the attributes on the page of OTLP are those that are sent', async () => {
  const [own = ''] = blocksOf('otlp.md', 'yaml');
  await using server = await new OtlpServer().listen();
  const sink = await opened(own, server, 'the key');
  const time = '2026-11-28T10:00:00Z';
  const gap = logDelivery(9, { record: { kind: 'gap', sequence: 9, time, reason: 'rotated', lines: 2 } });
  const cut = logDelivery(8, { record: { cut: 3 } });
  assert.deepEqual(await sink.deliver([cut, gap, eventDelivery(1), metricsDelivery(1)], signal), []);
  assert.ok(server.received.every(({ headers }) => headers['api-key'] === 'the key'));
  const sent = [...server.records, ...server.points].flatMap(({ resource, attributes }) => [
    ...Object.keys(resource).map(name => name.replace(/^towline\.label\..*/, 'towline.label.…')),
    ...Object.keys(attributes),
  ]);
  const rows = pageOf('otlp.md').matchAll(/^\| (`[^|]+) \| (?:resource|record) \|/gm);
  const named = [...rows].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  for (const name of named) assert.ok(sent.includes(String(name)), `${name} is on the page and not sent`);
  const ours = new Set(sent.filter(name => name.includes('.') && name !== 'event.name'));
  assert.deepEqual(
    [...ours].filter(name => !named.includes(name)),
    [],
  );
});
