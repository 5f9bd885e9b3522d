import assert from 'node:assert/strict';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import type { GatewayAddress } from '../../../../core/fleet/gateway-address.ts';
import { makeDeviceKeys, tlsPublicKey } from '../../../../core/io/device-keys.ts';
import type { DialRequest } from '../../../../core/io/https/dialler.ts';
import { createDialler, type DiallerOptions } from '../../../../core/io/https/https-dialler.ts';
import { tlsPin } from '../../../../core/io/https/tls-pins.ts';

const gatewayKeys = makeDeviceKeys('gateway');
const otherKeys = makeDeviceKeys('somebody else');
const deviceKeys = makeDeviceKeys('device');
const pin = tlsPin(Buffer.from(tlsPublicKey(gatewayKeys), 'base64'));
const otherPin = tlsPin(Buffer.from(tlsPublicKey(otherKeys), 'base64'));
const never = new AbortController().signal;

let server: https.Server;
let address: string;
let requests: { url: string; reused: boolean; client: string }[] = [];
let connections = 0;
const logged: string[] = [];

before(async () => {
  server = https.createServer(
    {
      key: gatewayKeys.tlsKey,
      cert: gatewayKeys.tlsCertificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const socket = request.socket as TLSSocket;
      const client = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
      requests.push({
        url: request.url ?? '',
        reused: socket.isSessionReused(),
        client: client?.toString('base64') ?? 'none',
      });
      if (request.url === '/slow') return;
      if (request.url === '/switched') {
        socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nSSH-2.0-x\r\n',
        );
        return;
      }
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': '10' });
        response.write('half', () => socket.destroy());
        return;
      }
      if (request.url === '/close') response.setHeader('connection', 'close');
      if (request.url === '/large') response.end(Buffer.alloc(100_000));
      else if (request.method === 'POST') request.pipe(response);
      else response.end('hello');
    },
  );
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst');
    socket.pipe(socket);
  });
  address = await listen(server);
});
beforeEach(() => {
  requests = [];
  connections = 0;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function listen(listener: net.Server): Promise<string> {
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

function gateway(at: string, ...tlsPins: string[]): GatewayAddress {
  return { address: at, tlsPins, sshHostKeys: [] };
}

function dialler(gateways: GatewayAddress[], more: Partial<DiallerOptions> = {}) {
  const log = {
    debug: (fields: object, message: string) => void logged.push(JSON.stringify(fields) + message),
    warn: (fields: object, message: string) => void logged.push(JSON.stringify(fields) + message),
  };
  const { tlsKey: key, tlsCertificate: certificate } = deviceKeys;
  return createDialler({ gateways, key, certificate, log, ...more });
}

function get(path: string, more: Partial<DialRequest> = {}): DialRequest {
  return { method: 'GET', path, timeoutMs: 5_000, maxBytes: 1_000, ...more };
}

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a request shows the device key, and the connection is kept for the next one', async () => {
  const dial = dialler([gateway(address, pin)]);
  for (const path of ['/one', '/two']) {
    const response = await dial.request(get(path), never);
    assert.equal(response.status, 200);
    assert.equal(await text(response.body), 'hello');
  }
  assert.equal(connections, 1);
  assert.deepEqual(new Set(requests.map(({ client }) => client)), new Set([tlsPublicKey(deviceKeys)]));
  await dial.close();
});

test('a gateway with another key is refused before any request byte is sent', async () => {
  const dial = dialler([gateway(address, otherPin)]);
  await assert.rejects(dial.request(get('/secret'), never), { code: 'AGENT_GATEWAY_PIN' });
  await assert.rejects(dial.upgrade('/v1/tunnel', 'echo', never), { code: 'AGENT_GATEWAY_PIN' });
  assert.deepEqual(requests, []);
  await dial.close();
});

test('a resumed session is held against the pins again', async () => {
  const dial = dialler([gateway(address, pin)]);
  await text((await dial.request(get('/close'), never)).body);
  await text((await dial.request(get('/close'), never)).body);
  assert.deepEqual(
    requests.map(({ reused }) => reused),
    [false, true],
  );
  server.setSecureContext({ key: otherKeys.tlsKey, cert: otherKeys.tlsCertificate });
  try {
    await assert.rejects(dial.request(get('/after'), never), { code: 'AGENT_GATEWAY_PIN' });
  } finally {
    server.setSecureContext({ key: gatewayKeys.tlsKey, cert: gatewayKeys.tlsCertificate });
  }
  assert.equal(requests.length, 2);
  await dial.close();
});

test('addresses are tried in turn; the one that answered is tried first next time', async () => {
  const closed = net.createServer();
  const dead = await listen(closed);
  closed.close();
  const dial = dialler([gateway(dead, pin), gateway(address, pin)]);
  assert.equal(await text((await dial.request(get('/'), never)).body), 'hello');
  logged.length = 0;
  assert.equal(await text((await dial.request(get('/'), never)).body), 'hello');
  assert.deepEqual(logged, []);
  await dial.close();
});

test('a gateway that is left is tried after the others from then on', async () => {
  const answers = (name: string) =>
    https.createServer({ key: gatewayKeys.tlsKey, cert: gatewayKeys.tlsCertificate }, (_, response) => {
      response.end(name);
    });
  const servers = [answers('one'), answers('two')];
  const [one = '', two = ''] = await Promise.all(servers.map(listen));
  const dial = dialler([gateway(one, pin), gateway(two, pin)]);
  const asked = async () => {
    const answer = await dial.request(get('/'), never);
    return { answer, body: await text(answer.body) };
  };
  const first = await asked();
  assert.equal(first.body, 'one');
  first.answer.leave?.();
  assert.deepEqual([(await asked()).body, (await asked()).body], ['two', 'two']);
  await dial.close();
  for (const each of servers) each.close();
});

test('an address that accepts and then says nothing is given up after the connect timeout', async () => {
  const silent = net.createServer();
  const held: net.Socket[] = [];
  silent.on('connection', socket => void held.push(socket));
  const dial = dialler([gateway(await listen(silent), pin), gateway(address, pin)], {
    connectTimeoutMs: 100,
  });
  assert.equal(await text((await dial.request(get('/'), never)).body), 'hello');
  await dial.close();
  for (const socket of held) socket.destroy();
  silent.close();
});

test('with every address down the error says so for each', async () => {
  const dial = dialler([gateway('127.0.0.1:1', pin), gateway('127.0.0.1:2', pin)]);
  await assert.rejects(dial.request(get('/'), never), {
    code: 'AGENT_GATEWAY_UNREACHABLE',
    message: /127\.0\.0\.1:1.*127\.0\.0\.1:2/,
  });
});

test('answers that are too large, too slow or cut off end with a code of their own', async () => {
  const dial = dialler([gateway(address, pin)]);
  const large = await dial.request(get('/large'), never);
  await assert.rejects(text(large.body), { code: 'AGENT_ANSWER_TOO_LARGE' });
  await assert.rejects(dial.request(get('/slow', { timeoutMs: 50 }), never), { code: 'AGENT_ANSWER_CUT' });
  const cut = await dial.request(get('/cut'), never);
  await assert.rejects(text(cut.body), { code: 'AGENT_ANSWER_CUT' });
  await dial.close();
});

test('an answer that switches protocols though nobody asked ends the request: it is waited for no longer', async () => {
  const dial = dialler([gateway(address, pin)]);
  await assert.rejects(dial.request(get('/switched'), never), { code: 'AGENT_GATEWAY_UNREACHABLE' });
  await dial.close();
});

test('an abort ends a request with the reason of the signal', async () => {
  const dial = dialler([gateway(address, pin)]);
  const controller = new AbortController();
  const waiting = dial.request(get('/slow'), controller.signal);
  setTimeout(() => controller.abort(new Error('stop now')), 20);
  await assert.rejects(waiting, { message: 'stop now' });
  await dial.close();
});

test('a large body is sent in pieces and comes back whole', async () => {
  const dial = dialler([gateway(address, pin)]);
  const body = Buffer.alloc(3_000_000, 'x');
  const response = await dial.request(get('/', { method: 'POST', body, maxBytes: 4_000_000 }), never);
  assert.equal((await text(response.body)).length, body.length);
  await dial.close();
});

test('a kept connection that the gateway has closed does not fail the next request', async () => {
  const dial = dialler([gateway(address, pin)]);
  await text((await dial.request(get('/'), never)).body);
  server.closeIdleConnections();
  assert.equal(await text((await dial.request(get('/'), never)).body), 'hello');
  await dial.close();
});

test('an upgrade hands over the raw stream with the bytes that came along', async () => {
  const dial = dialler([gateway(address, pin)]);
  const { stream, gateway: used } = await dial.upgrade('/v1/tunnel', 'echo', never);
  assert.equal(used.address, address);
  stream.write(' then echoed');
  let heard = '';
  for await (const chunk of stream) {
    heard += String(chunk);
    if (heard === 'first then echoed') break;
  }
  assert.equal(heard, 'first then echoed');
  await dial.close();
});

test('gateways of a trusted commit are tried besides the configured ones, pins of one address are joined', async () => {
  const dial = dialler([gateway('127.0.0.1:1', pin), gateway(address, otherPin)]);
  await assert.rejects(dial.request(get('/'), never), { code: 'AGENT_GATEWAY_PIN' });
  dial.use([gateway(address, pin)]);
  assert.equal(await text((await dial.request(get('/'), never)).body), 'hello');
  await dial.close();
});

test('new gateways cut no connection whose pins still hold, and every one whose pins do not', async () => {
  const dial = dialler([gateway('127.0.0.1:1', pin)]);
  dial.use([gateway(address, pin)]);
  const ask = async () => await text((await dial.request(get('/'), never)).body);
  await ask();
  dial.use([gateway(address, pin, otherPin), gateway('127.0.0.1:2', pin)]);
  await ask();
  assert.equal(connections, 1, 'the connection is kept');
  dial.use([gateway(address, pin)]);
  await ask();
  assert.equal(connections, 2, 'what held under a pin that is gone begins anew');
  await dial.close();
});
