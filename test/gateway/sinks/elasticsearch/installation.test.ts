import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openElasticsearch } from '../../../../gateway/sinks/elasticsearch/open.ts';
import type { SinkFileOf } from '../../../../gateway/sinks/open-sink.ts';
import { logDeliveries, logDelivery } from '../receivers/deliveries.ts';
import { ElasticsearchServer, globMatches } from '../receivers/elasticsearch-server.ts';
import { failureOf, servicesFor } from '../receivers/opened.ts';

const { signal } = new AbortController();

/** A gateway that starts, delivers two lines, and ends. */
async function delivered(
  server: ElasticsearchServer,
  of: Partial<SinkFileOf<'elasticsearch'>> = {},
): Promise<void> {
  const file = { kind: 'elasticsearch', url: server.url, ...of } as const;
  const sink = await openElasticsearch(file, servicesFor('search'));
  await sink.deliver(logDeliveries(2), signal);
  await sink.close();
}

const writes = ({ received }: ElasticsearchServer) =>
  received.filter(({ method }) => method === 'PUT').map(({ path }) => path);

test('templates are installed once, fit all our data streams, and win over those that come with a cluster', async () => {
  await using server = await new ElasticsearchServer().listen();
  await delivered(server);
  await delivered(server, { namespace: 'plant_7' });
  assert.deepEqual(writes(server), ['/_index_template/logs-towline']);
  const template = server.templates.get('logs-towline');
  const patterns = template?.index_patterns as string[];
  for (const stream of server.documents.keys())
    assert.ok(patterns.some(pattern => globMatches(pattern, stream)));
  assert.ok(Number(template?.priority) > 100);
  assert.deepEqual([...server.documents.keys()], ['logs-towline-default', 'logs-towline-plant_7']);
});

test('a template that a person made their own stays; one that we made before is replaced', async () => {
  await using server = await new ElasticsearchServer().listen();
  const theirs = { index_patterns: ['logs-towline-*'], template: { mappings: {} } };
  server.templates.set('logs-towline', theirs);
  await delivered(server);
  assert.deepEqual(writes(server), []);
  server.templates.set('logs-towline', { ...theirs, _meta: { managed_by: 'towline', form: '0, for ever' } });
  await delivered(server);
  assert.deepEqual(writes(server), ['/_index_template/logs-towline']);
});

test('without rights for templates no record is refused, and the message says what to do', async () => {
  await using server = await new ElasticsearchServer().listen();
  server.mayManage = false;
  const { code, message } = await failureOf(delivered(server));
  assert.equal(code, 'TELEMETRY_RECEIVER_DENIES');
  assert.match(message, /403.*`templates: false`/);
  await delivered(server, { templates: false });
  assert.equal(server.ids.length, 2);
});

test('a retention is a policy that the template names; another retention replaces it', async () => {
  await using server = await new ElasticsearchServer().listen();
  await delivered(server, { retention: '30d' });
  await delivered(server, { retention: '30d' });
  assert.deepEqual(writes(server), ['/_ilm/policy/towline', '/_index_template/logs-towline']);
  await delivered(server, { retention: '36h' });
  const text = JSON.stringify(server.policies.get('towline'));
  assert.match(text, /"delete":\{"min_age":"2d"/);
  const { template } = server.templates.get('logs-towline') as { template: { settings: object } };
  assert.deepEqual(Object.entries(template.settings).at(-1), ['index.lifecycle.name', 'towline']);
});

test('OpenSearch gets its own kinds of fields, and a policy that finds its indices by itself', async () => {
  await using server = await new ElasticsearchServer({ isOpenSearch: true }).listen();
  await delivered(server, { retention: '30d' });
  await delivered(server, { retention: '7d' });
  const text = JSON.stringify(server.templates.get('logs-towline'));
  assert.ok(text.includes('flat_object') && !/flattened|match_only_text|lifecycle/.test(text));
  assert.deepEqual(writes(server), [
    '/_plugins/_ism/policies/towline',
    '/_index_template/logs-towline',
    '/_plugins/_ism/policies/towline',
  ]);
  const changed = server.received
    .filter(({ method, path }) => method === 'PUT' && path.includes('_ism'))
    .at(-1);
  assert.equal(changed?.query.toString(), 'if_seq_no=4&if_primary_term=1');
});

test('what apps call differently fits into one index: a number here, a text there', async () => {
  await using server = await new ElasticsearchServer().listen();
  await delivered(server);
  const sink = await openElasticsearch({ kind: 'elasticsearch', url: server.url }, servicesFor('search'));
  const fields = [
    { id: 17 },
    { id: 'seventeen' },
    { 'id.of': true },
    { message: 'x', '@timestamp': 'never' },
  ];
  const batch = fields.map((one, at) => logDelivery(at + 10, { record: { fields: one } }));
  assert.deepEqual(await sink.deliver(batch, signal), []);
});
