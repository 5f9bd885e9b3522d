/** docs/guides/sinks/{syslog,gelf,fluentd}.md: what they say to write is taken, and what they say is sent is sent. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { FluentServer } from '@fluent-org/logger';
import type { LogDelivery } from '../../../../gateway/sinks/delivery.ts';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { Certificates } from './certificates.ts';
import { logDelivery, origin } from './deliveries.ts';
import { blocksOf, openedSink } from './opened-sinks.ts';
import { Receiver } from './receiver.ts';

const { signal } = new AbortController();

/** Who it is on the pages. */
const pump = (about: Parameters<typeof logDelivery>[2] = {}): LogDelivery => ({
  ...logDelivery(7, 'started', about),
  id: 'pump-17/c0ffee123456/7',
  origin: { ...origin, fleet: 'acme-pumps', device: 'pump-17' },
});

let certificates: Certificates;
before(() => {
  certificates = new Certificates();
});
after(() => certificates.remove());

const only = (blocks: readonly string[], at = 0): string =>
  blocks[at] ?? assert.fail('the page has no such block');

test('the line on the page of syslog is what is sent', async () => {
  await using receiver = await new Receiver().listen();
  const sink = await openedSink(`sinks:\n  s:\n    kind: syslog\n    address: 127.0.0.1:${receiver.port}\n`);
  await sink.deliver([pump()], signal);
  const line = only(blocksOf('syslog.md', 'text')).trimEnd();
  await eventually(() => receiver.text === `${Buffer.byteLength(line)} ${line}`, 2_000);
  await sink.close();
});

test('the sink on the page of GELF sends the message on it, by TLS', async () => {
  const { cert, key } = certificates.issue('graylog.example.com');
  await using receiver = await new Receiver().listen('127.0.0.1', { cert, key });
  const [secure, datagrams] = blocksOf('gelf.md', 'yaml');
  assert.ok(secure !== undefined && datagrams !== undefined);
  const sink = await openedSink(
    secure
      .replace('graylog.example.com:12201', `localhost:${receiver.port}`)
      .replace('/etc/towline/tls/ca.pem', certificates.caFile),
  );
  await sink.deliver([pump()], signal);
  await eventually(() => receiver.text.endsWith('\0'), 2_000);
  assert.deepEqual(JSON.parse(receiver.text.slice(0, -1)), JSON.parse(only(blocksOf('gelf.md', 'json'))));
  await sink.close();
  await (await openedSink(datagrams)).close();
});

test('the sink on the page of Fluentd sends the record on it, with shared key, user and TLS', async () => {
  const { cert, key } = certificates.issue('fluentd.example.com');
  const [keyFile, passwordFile] = ['shared-key', 'password'].map(name =>
    path.join(certificates.folder, name),
  );
  assert.ok(keyFile !== undefined && passwordFile !== undefined);
  writeFileSync(keyFile, 'the shared key\n');
  writeFileSync(passwordFile, 'the password\n');
  const server = new FluentServer({
    listenOptions: { port: 0, host: '127.0.0.1' },
    tlsOptions: { cert, key },
    security: {
      serverHostname: 'fluentd.example.com',
      sharedKey: 'the shared key',
      authorize: true,
      userDict: { towline: 'the password' },
    },
  });
  await server.listen();
  const seen: unknown[] = [];
  server.on('entry', (tag, _time, record) => void seen.push([tag, record]));
  const sink = await openedSink(
    only(blocksOf('fluentd.md', 'yaml'))
      .replace('fluentd.example.com:24224', `localhost:${server.port}`)
      .replace('/etc/towline/fluentd-shared-key', keyFile)
      .replace('/etc/towline/fluentd-password', passwordFile)
      .replace('/etc/towline/tls/ca.pem', certificates.caFile),
  );
  await sink.deliver([pump({ fields: { user: 'ada' } })], signal);
  assert.deepEqual(seen, [['towline.pump.web', JSON.parse(only(blocksOf('fluentd.md', 'json')))]]);
  await sink.close();
  await server.close();
});
