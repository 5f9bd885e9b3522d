/** Requests of any bytes, on the device port inside mutual TLS and on the plain port: answered or cut, and nothing else ends. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectPlain, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { encodePacket } from '../../../core/io/git/pkt-line.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { internalRoutes, nothingHere } from '../../../gateway/plain-port/internal-routes.ts';
import { PlainPort } from '../../../gateway/plain-port/plain-port.ts';
import { WebhookDesk } from '../../../gateway/upstream/webhook-desk.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated } from '../../fuzz/mutation.ts';
import { Unharmed } from '../../fuzz/unharmed.ts';
import { TestGateway, testDevice } from '../rig/gateway.ts';
import { TestClient } from '../rig/request.ts';

/** In `npm test`; `npm run fuzz` tries longer. */
const usual = { ms: 1_500 };

function request(
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body: Uint8Array | string = '',
): Buffer {
  const length = Buffer.byteLength(body) > 0 ? { 'Content-Length': String(Buffer.byteLength(body)) } : {};
  const lines = Object.entries({ Host: 'g', ...length, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${lines.join('')}\r\n`), Buffer.from(body)]);
}

const id = 'a'.repeat(40);
const upload = { 'Content-Type': 'application/x-git-upload-pack-request' };
const receive = { 'Content-Type': 'application/x-git-receive-pack-request' };
const wants = Buffer.concat([
  encodePacket(`want ${id} side-band-64k\n`),
  Buffer.from('0000'),
  encodePacket('done\n'),
]);
const push = encodePacket(`${'0'.repeat(40)} ${id} refs/heads/telemetry/pump-1\0report-status\n`);
const upgrade = { Connection: 'Upgrade', Upgrade: 'towline-ssh' };
const deviceRequests = [
  request('GET /v1/healthz'),
  request('GET /fleet.git/info/refs?service=git-upload-pack', { 'Git-Protocol': 'version=2' }),
  request('POST /fleet.git/git-upload-pack', upload, wants),
  request('POST /fleet.git/git-upload-pack', { ...upload, 'Content-Encoding': 'gzip' }, wants),
  request('GET /telemetry.git/info/refs?service=git-receive-pack'),
  request('POST /telemetry.git/git-receive-pack', receive, Buffer.concat([push, Buffer.from('0000PACK')])),
  request('POST /telemetry.git/git-receive-pack', receive, '0000'),
  request('GET /v1/hints'),
  request('GET /v1/tunnel', upgrade, 'SSH-2.0-x\r\n'),
  request('GET /nowhere', { ...upgrade, Upgrade: 'websocket' }),
  request(
    'POST /v1/enrolment',
    { 'Content-Type': 'application/json' },
    '{"statement":{"keys":{}},"signature":""}',
  ),
  request(
    'POST /v1/enrolment',
    { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' },
    '2\r\n{}\r\n0\r\n\r\n',
  ),
  request('OPTIONS *'),
  request('CONNECT g:443'),
  request('GET http://other/fleet.git/../%2e%2e/%00%ff?%zz', { Expect: '100-continue', TE: 'trailers' }),
];
const plainRequests = [
  request('GET /healthz'),
  request('GET /metrics'),
  request(
    'POST /v1/webhook/github',
    { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}`, 'X-GitHub-Event': 'push' },
    '{}',
  ),
  request('POST /v1/webhook/gitlab', { 'X-Gitlab-Token': 'x' }, '{}'),
  request(
    'POST /v1/webhook/gitea?x',
    { 'X-Gitea-Signature': '0'.repeat(64), 'Transfer-Encoding': 'chunked' },
    '2\r\n{}\r\n0\r\n\r\n',
  ),
  request('GET /x', upgrade),
];

/** Requests in one connection, some of them spoilt, and where each is torn in two. */
const exchanges = (requests: readonly Buffer[]) =>
  fc.array(fc.tuple(mutated(...requests), fc.nat(300)), { minLength: 1, maxLength: 3 });

async function send(
  socket: Socket,
  parts: readonly (readonly [Buffer, number])[],
  readyEvent: string,
): Promise<void> {
  socket.on('error', () => {}).resume();
  await new Promise<void>(resolve => socket.once(readyEvent, resolve).once('close', () => resolve()));
  for (const [bytes, at] of parts) {
    if (socket.destroyed) break;
    socket.write(bytes.subarray(0, at));
    await wait(1);
    socket.write(bytes.subarray(at));
  }
  await wait(3);
  socket.destroy();
}

describe('HTTP requests, fuzzed', () => {
  test('of a device that was admitted, and of one that was not', async () => {
    const [known, stranger] = [testDevice('pump-1'), testDevice('pump-2')];
    const many = 1_000_000;
    await using gateway = await TestGateway.start([known], {
      ...{
        requestsPerMinute: many,
        fetchesPerMinute: many,
        pushesPerMinute: many,
        enrolmentsPerMinute: many,
      },
    });
    gateway.service.port.upgrade('/v1/tunnel', {
      protocol: 'towline-ssh',
      action: { kind: 'attach-tunnel' },
      handler: stream => stream.on('error', () => {}).resume(),
    });
    using unharmed = new Unharmed();
    await fuzzed(
      'device port',
      fc.asyncProperty(exchanges(deviceRequests), fc.boolean(), async (parts, admitted) => {
        const { keys } = admitted ? known : stranger;
        const tls = { key: keys.tlsKey, cert: keys.tlsCertificate, rejectUnauthorized: false };
        await send(connect({ host: '127.0.0.1', port: gateway.port, ...tls }), parts, 'secureConnect');
        await unharmed.check();
      }),
      usual,
    );
    using client = new TestClient(gateway.port, known);
    assert.equal((await client.ask('/v1/healthz')).status, 200);
  });

  test('that are no TLS', async () => {
    const known = testDevice('pump-1');
    await using gateway = await TestGateway.start([known]);
    using unharmed = new Unharmed();
    const hello = Buffer.concat([Buffer.of(22, 3, 1, 0, 40, 1, 0, 0, 36, 3, 3), Buffer.alloc(34, 1)]);
    await fuzzed(
      'before TLS',
      fc.asyncProperty(exchanges([hello, ...deviceRequests]), async parts => {
        await send(connectPlain(gateway.port, '127.0.0.1'), parts, 'connect');
        await unharmed.check();
      }),
      usual,
    );
    using client = new TestClient(gateway.port, known);
    assert.equal((await client.ask('/v1/healthz')).status, 200);
  });

  test('on the plain port, webhooks among them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tl-plain-'));
    await writeFile(join(folder, 'secret'), 'a secret of many letters\n');
    const desk = await WebhookDesk.open({
      secretFile: join(folder, 'secret'),
      wake: () => {},
      audit: { write: () => {} },
      clock: createSystemClock(),
    });
    const port = new PlainPort(
      [
        ...desk.routes,
        ...internalRoutes({ health: () => ({ ok: true }), live: () => true, metrics: () => [] }),
      ],
      nothingHere,
    );
    const { port: number } = await port.listen('127.0.0.1', 0);
    using unharmed = new Unharmed();
    await fuzzed(
      'plain port',
      fc.asyncProperty(exchanges(plainRequests), async parts => {
        await send(connectPlain(number, '127.0.0.1'), parts, 'connect');
        await unharmed.check();
      }),
      usual,
    );
    assert.equal((await fetch(`http://127.0.0.1:${number}/healthz`)).status, 200);
    await port.close();
    await rm(folder, { recursive: true, force: true });
  });
});
