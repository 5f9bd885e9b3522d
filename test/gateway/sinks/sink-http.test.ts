/** The HTTP client of sinks and receivers that are slow, endless, lead elsewhere, or show another certificate. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { assertTaken, retryAfter } from '../../../gateway/sinks/http/answer.ts';
import { SinkHttp } from '../../../gateway/sinks/http/sink-http.ts';
import { type Answer, HttpReceiver, type Received } from './receivers/http-receiver.ts';
import { failureOf } from './receivers/opened.ts';
import { Certificates } from './wire/certificates.ts';

class Receiver extends HttpReceiver {
  protected respond(_request: Received): Answer {
    return { status: 200, body: 'taken' };
  }
}

const signal = AbortSignal.timeout(60_000);
const folder = mkdtempSync(path.join(tmpdir(), 'towline-sink-http-'));
const tokenFile = path.join(folder, 'token');
let receiver: Receiver;
const client = (more: object = {}) =>
  new SinkHttp({ url: `${receiver.url}/base/`, timeout: '10s', ...more }, 'here');

before(async () => {
  receiver = await new Receiver().listen();
});
after(async () => {
  await receiver[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('a body goes out packed over a kept connection, with the secret that its file has then', async () => {
  writeFileSync(tokenFile, 'first\n');
  const http = client({ tokenFile });
  await http.send({ path: '/push?a=1', body: 'x'.repeat(5000), gzip: true }, signal);
  writeFileSync(tokenFile, 'second\n');
  await http.send({ path: '/push', body: 'y' }, signal);
  http.forget();
  await http.send({ path: '/push', body: 'y' }, signal);
  http.close();
  const [packed, kept, renewed] = receiver.received.splice(0);
  assert.deepEqual([packed?.path, packed?.body.length], ['/base/push', 5000]);
  assert.ok((packed?.packedBytes ?? 5000) < 500);
  const shown = [packed, kept, renewed].map(request => request?.headers.authorization);
  assert.deepEqual(shown, ['Bearer first', 'Bearer first', 'Bearer second']);
});

test('an answer without end is cut, one that never comes ends in time, and redirects lead nowhere', async () => {
  const http = client();
  const hurried = client({ timeout: '300ms' });
  receiver.faults.push('endless', 'never', 'cut', {
    status: 302,
    headers: { location: 'http://192.0.2.1/' },
  });
  const endless = await http.send({ body: 'x', maxAnswerBytes: 1000 }, signal);
  assert.deepEqual([endless.status, endless.body.length, endless.isWhole], [200, 1000, false]);
  const never = await failureOf(hurried.send({ body: 'x' }, signal));
  assert.match(`${never.code} ${never.message}`, /TELEMETRY_RECEIVER_UNREACHABLE .*no answer within 300 ms/);
  assert.equal((await failureOf(http.send({ body: 'x' }, signal))).code, 'TELEMETRY_RECEIVER_UNREACHABLE');
  assert.equal((await http.send({ body: 'x' }, signal)).status, 302);
  http.close();
  hurried.close();
});

test('what an answer means is told by its status, and a pause that it names is kept within an hour', async () => {
  const answer = (status: number, headers = {}) => ({
    ...{ status, headers, body: Buffer.alloc(0), isWhole: true, excerpt: 'why' },
  });
  const codeOf = (status: number) =>
    failureOf((async () => assertTaken(answer(status), 'http://r', 0))()).then(({ code }) =>
      code.replace('TELEMETRY_', ''),
    );
  assertTaken(answer(204), 'http://r', 0);
  const codes = await Promise.all([400, 401, 404, 302, 413, 422, 429, 408, 500, 503].map(codeOf));
  const [refused, denies, busy] = ['BATCH_REFUSED', 'RECEIVER_DENIES', 'RECEIVER_BUSY'];
  assert.deepEqual(codes, [refused, denies, denies, denies, refused, refused, busy, busy, busy, busy]);
  assert.deepEqual(
    ['7', '99999999', 'Thu, 01 Jan 1970 00:00:09 GMT', 'soon', undefined].map(value =>
      retryAfter(value, 4000),
    ),
    [7000, 3_600_000, 5000, undefined, undefined],
  );
});

test('a receiver is known by its authority and name, and shows itself a client with a certificate; files may change', async () => {
  const certificates = new Certificates();
  const [server, device, other] = [
    certificates.issue('receiver'),
    certificates.issue('gateway'),
    new Certificates(),
  ];
  const tls = createServer(
    { ...server, ca: certificates.ca, requestCert: true, rejectUnauthorized: true },
    (_, response) => {
      response.end('taken');
    },
  );
  await new Promise<void>(resolve => tls.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(tls.address() as AddressInfo).port}`;
  const ca = path.join(folder, 'ca.pem');
  writeFileSync(ca, other.ca);
  const shown = { certificate: device.certificateFile, key: device.keyFile };
  const http = client({ url, timeout: '5s', tls: { ca, ...shown } });
  assert.match((await failureOf(http.send({ body: 'x' }, signal))).message, /certificate/);
  writeFileSync(ca, readFileSync(certificates.caFile));
  assert.equal((await http.send({ body: 'x' }, signal)).status, 200);
  const misnamed = client({ url, timeout: '5s', tls: { ca, ...shown, serverName: 'elsewhere' } });
  assert.match((await failureOf(misnamed.send({ body: 'x' }, signal))).message, /elsewhere|altnames/);
  const silent = client({ url, timeout: '5s', tls: { ca } });
  assert.equal((await failureOf(silent.send({ body: 'x' }, signal))).code, 'TELEMETRY_RECEIVER_UNREACHABLE');
  for (const each of [http, misnamed, silent]) each.close();
  tls.closeAllConnections();
  tls.close();
  certificates.remove();
  other.remove();
});

test('what the guide shows of gateway.yaml is a gateway.yaml', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../../docs/guides/sinks.md'), 'utf8');
  const [, block = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const text = `apiVersion: towline/v1\nfleet: acme\nanchor: ${'a'.repeat(40)}\n${block}`;
  assert.deepEqual(readFleetFile('gateway', 'gateway.yaml', Buffer.from(text)).problems, []);
  assert.ok(block.includes('sinks:'));
  const unknown = readFleetFile(
    'gateway',
    'gateway.yaml',
    Buffer.from(text.replace('kind: loki', 'kind: lokki')),
  );
  assert.match(unknown.problems[0]?.message ?? '', /sinks\.central\.kind must be one of/);
  const misspelt = readFleetFile(
    'gateway',
    'gateway.yaml',
    Buffer.from(text.replace('tokenFile', 'tokenfile')),
  );
  assert.match(misspelt.problems[0]?.message ?? '', /unknown key "tokenfile".*tokenFile/);
});
