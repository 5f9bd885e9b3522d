/** What rsyslog's omelasticsearch sends, beside what we send: our receiver's rules are those that a real client keeps. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openElasticsearch } from '../../../../gateway/sinks/elasticsearch/open.ts';
import { waitUntil } from '../../../../lab/fleet/wait-until.ts';
import { freePort } from '../../../../lab/machine/free-port.ts';
import { portAnswers } from '../../../../lab/machine/port-answers.ts';
import { unpackedPackages } from '../../../../lab/machine/unpacked-packages.ts';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { logDelivery } from '../receivers/deliveries.ts';
import { ElasticsearchServer } from '../receivers/elasticsearch-server.ts';
import { servicesFor } from '../receivers/opened.ts';

const configuration = (port: number, server: URL) => `
module(load="imptcp")
module(load="omelasticsearch")
input(type="imptcp" address="127.0.0.1" port="${port}")
template(name="id" type="string" string="pump-17/%syslogtag:1:4%/7")
template(name="document" type="list" option.json="on") {
  constant(value="{\\"@timestamp\\":\\"") property(name="timegenerated" dateFormat="rfc3339")
  constant(value="\\",\\"message\\":\\"") property(name="msg") constant(value="\\"}")
}
action(type="omelasticsearch" server="${server.hostname}" serverport="${server.port}" usehttps="off" bulkmode="on"
  searchIndex="logs-towline-default" searchType="" writeoperation="create" bulkid="id" dynbulkid="on"
  template="document")
`;

/** rsyslog, until the server has a document of it. */
async function sendByRsyslog(server: ElasticsearchServer): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-omelasticsearch-'));
  const { root, environment } = unpackedPackages('rsyslog-elasticsearch', [
    'rsyslog',
    'rsyslog-elasticsearch',
  ]);
  const port = await freePort();
  const file = path.join(folder, 'rsyslog.conf');
  writeFileSync(file, configuration(port, new URL(server.url)));
  const libraries = path.join(root, 'usr/lib');
  const modules = readdirSync(libraries, { recursive: true, encoding: 'utf8' }).find(name =>
    name.endsWith('/rsyslog'),
  );
  const daemon = spawn(
    path.join(root, 'usr/sbin/rsyslogd'),
    ['-n', '-f', file, '-i', path.join(folder, 'pid'), '-M', path.join(libraries, modules ?? '')],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  try {
    await waitUntil('rsyslog', async () => (await portAnswers(port)) || undefined, { timeoutMs: 20_000 });
    connect(port, '127.0.0.1').end('<14>Nov 28 10:00:00 pump-17 shop: line 7\n');
    await eventually(() => server.ids.length > 0, 20_000);
  } finally {
    daemon.kill('SIGKILL');
    await once(daemon, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

test('an action is the one that omelasticsearch sends, and a body ends as its does', async () => {
  await using server = await new ElasticsearchServer().listen();
  await sendByRsyslog(server);
  const sink = await openElasticsearch(
    { kind: 'elasticsearch', url: server.url, templates: false },
    servicesFor('search'),
  );
  const delivery = { ...logDelivery(8), id: 'pump-17/shop/8' };
  assert.deepEqual(await sink.deliver([delivery], new AbortController().signal), []);
  const bulks = server.received.filter(request => request.path === '/_bulk' && request.body.length > 0);
  const [theirs, ours] = [bulks[0], bulks.at(-1)].map(bulk => bulk?.body.toString() ?? '');
  assert.ok(theirs !== undefined && ours !== undefined);
  const actionOf = (body: string) => JSON.parse(body.slice(0, body.indexOf('\n')));
  assert.deepEqual(actionOf(theirs), { create: { _index: 'logs-towline-default', _id: 'pump-17/shop/7' } });
  assert.deepEqual(actionOf(ours), { create: { _index: 'logs-towline-default', _id: 'pump-17/shop/8' } });
  const shapeOf = (body: string) => body.split('\n').map(line => line !== '');
  assert.deepEqual(shapeOf(ours), shapeOf(theirs));
});
