/** docs/guides/sinks/remote-write.md: what it says to write is taken, and goes where it says. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import path from 'node:path';
import { test } from 'node:test';
import { metricsDelivery } from '../receivers/deliveries.ts';
import { Certificates } from '../wire/certificates.ts';
import { blocksOf, openedSink } from '../wire/opened-sinks.ts';
import { readRequest } from './written.ts';

test('the sink on the page of remote write sends metrics by TLS, with user and password', async () => {
  const certificates = new Certificates();
  const passwordFile = path.join(certificates.folder, 'password');
  writeFileSync(passwordFile, 'the password\n');
  const { cert, key } = certificates.issue('metrics.example.com');
  const had: { readonly headers: object; readonly series: number }[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      had.push({ headers: request.headers, series: readRequest(Buffer.concat(chunks)).length });
      response.writeHead(204).end();
    });
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address !== 'string');
    const [block = ''] = blocksOf('remote-write.md', 'yaml');
    const sink = await openedSink(
      block
        .replace('metrics.example.com', `localhost:${address.port}`)
        .replace('/etc/towline/metrics-password', passwordFile)
        .replace('/etc/towline/tls/ca.pem', certificates.caFile),
    );
    await sink.deliver([metricsDelivery(1)], AbortSignal.timeout(60_000));
    await sink.close();
    const [one] = had;
    assert.equal(one?.series, 3);
    assert.partialDeepStrictEqual(one?.headers, {
      authorization: `Basic ${Buffer.from('towline:the password').toString('base64')}`,
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
    });
  } finally {
    server.close();
    certificates.remove();
  }
});
