import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as plain } from 'node:net';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'node:tls';
import { commitFile, type TestDevice, TestGateway, testDevice, viewOf } from '../rig/gateway.ts';
import { codeOf, TestClient } from '../rig/request.ts';

const advert = '/fleet.git/info/refs?service=git-upload-pack';

/** `once` would reject: a stream that is cut has an error first. */
function closed(stream: IncomingMessage): Promise<void> {
  return new Promise(resolve => stream.once('close', resolve));
}

test('a poll with nothing new is one 304 of less than 400 bytes on the wire, question included, in both protocols', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device]);
  const { started } = gateway.runner;
  using client = new TestClient(gateway.port, device);
  for (const protocol of ['version=0', 'version=2']) {
    const { headers } = await client.ask(advert, { headers: { 'git-protocol': protocol } });
    const wire = plain(gateway.port, '127.0.0.1');
    const socket = connect({
      socket: wire,
      rejectUnauthorized: false,
      key: device.keys.tlsKey,
      cert: device.keys.tlsCertificate,
    });
    await once(socket, 'secureConnect');
    const poll = async () => {
      const before = wire.bytesRead + wire.bytesWritten;
      socket.write(
        `GET ${advert} HTTP/1.1\r\nHost: g\r\nGit-Protocol: ${protocol}\r\nIf-None-Match: ${headers.etag}\r\n\r\n`,
      );
      const [answer] = (await once(socket, 'data')) as [Buffer];
      assert.match(answer.toString('latin1'), /^HTTP\/1.1 304/);
      return wire.bytesRead + wire.bytesWritten - before;
    };
    await poll();
    const bytes = await poll();
    assert.ok(bytes <= 400, `${bytes} bytes`);
    socket.destroy();
  }
  assert.equal(gateway.runner.started, started);
});

test('refused by name: no certificate, an unknown key, a revoked device, an unknown route, another service', async () => {
  const [known, revoked, stranger] = [testDevice('pump-1'), testDevice('pump-2', true), testDevice('pump-3')];
  await using gateway = await TestGateway.start([known, revoked]);
  const ask = async (device: TestDevice | undefined, path: string) => {
    using client = new TestClient(gateway.port, device);
    const answer = await client.ask(path);
    return `${answer.status} ${codeOf(answer)}`;
  };
  assert.equal(await ask(undefined, advert), '403 GATEWAY_CERTIFICATE_MISSING');
  assert.equal(await ask(stranger, advert), '403 GATEWAY_KEY_UNKNOWN');
  assert.equal(await ask(revoked, advert), '403 GATEWAY_DEVICE_REVOKED');
  assert.equal(
    await ask(known, '/telemetry.git/info/refs?service=git-upload-pack'),
    '403 GATEWAY_REF_FORBIDDEN',
  );
  assert.equal(
    await ask(known, '/fleet.git/info/refs?service=git-receive-pack'),
    '404 GATEWAY_ROUTE_UNKNOWN',
  );
  assert.equal(await ask(known, '/fleet.git/HEAD'), '404 GATEWAY_ROUTE_UNKNOWN');
  assert.equal(await ask(known, '/fleet.git/../telemetry.git/HEAD'), '404 GATEWAY_ROUTE_UNKNOWN');
  const codes = gateway.audited.map(event => event.code);
  assert.deepEqual(codes, ['GATEWAY_CERTIFICATE_MISSING', 'GATEWAY_KEY_UNKNOWN', 'GATEWAY_DEVICE_REVOKED']);
});

test('a key that two devices name admits neither', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device, testDevice('pump-2', false, device.keys)]);
  using client = new TestClient(gateway.port, device);
  assert.equal(codeOf(await client.ask(advert)), 'GATEWAY_KEY_UNKNOWN');
});

/** One request on a connection of its own, resuming `session` if there is one. */
async function askOnce(gateway: TestGateway, device: TestDevice, session?: Buffer) {
  const socket = connect({
    host: '127.0.0.1',
    port: gateway.port,
    rejectUnauthorized: false,
    key: device.keys.tlsKey,
    cert: device.keys.tlsCertificate,
    ...(session === undefined ? {} : { session }),
  });
  const ticket = once(socket, 'session') as Promise<[Buffer]>;
  await once(socket, 'secureConnect');
  socket.write(`GET ${advert} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n`);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  const resumed = socket.isSessionReused();
  const [made] = resumed ? [Buffer.alloc(0)] : await ticket;
  await once(socket, 'close');
  return { resumed, session: made, status: Number(text.slice(9, 12)), text };
}

test('a resumed TLS session is judged anew on each request', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device]);
  const first = await askOnce(gateway, device);
  assert.equal(first.status, 200);
  const second = await askOnce(gateway, device, first.session);
  assert.equal(second.resumed, true);
  assert.equal(second.status, 200);
  gateway.view.publish(viewOf([testDevice('pump-1', true, device.keys)]));
  const third = await askOnce(gateway, device, first.session);
  assert.equal(third.resumed, true);
  assert.match(third.text, /403[\s\S]*GATEWAY_DEVICE_REVOKED/);
});

test('revocation cuts live connections, also one that was made before its device was enrolled', async () => {
  const [one, two] = [testDevice('pump-1'), testDevice('pump-2')];
  await using gateway = await TestGateway.start([one]);
  using client = new TestClient(gateway.port, two, 1);
  assert.equal((await client.ask(advert)).status, 403);
  gateway.view.publish(viewOf([one, two]));
  const stream = client.open('/v1/hints');
  stream.end();
  const [answer] = (await once(stream, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  gateway.view.publish(viewOf([one, testDevice('pump-2', true, two.keys)]));
  await closed(answer.resume());
  assert.equal(gateway.service.hints.size, 0);
});

test('a hint stream says look when main moves; a newer stream takes the place of the older', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const open = async () => {
    const request = client.open('/v1/hints');
    request.on('error', () => undefined);
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
    return answer;
  };
  const older = await open();
  older.resume();
  const newer = await open();
  await closed(older);
  assert.equal(newer.headers['content-type'], 'text/event-stream');
  let text = '';
  newer.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  commitFile(gateway.folder, 'a.txt', 'x');
  await gateway.service.refs.refresh();
  while (!text.includes('event: look\n')) await once(newer, 'data');
  assert.equal(gateway.service.hints.size, 1);
});

test('one device has so many requests at once; the others do not notice', async () => {
  const [greedy, other] = [testDevice('pump-1'), testDevice('pump-2')];
  await using gateway = await TestGateway.start([greedy, other], { maxRequests: 2, maxConnections: 8 });
  using client = new TestClient(gateway.port, greedy, 8);
  using calm = new TestClient(gateway.port, other);
  const held = [1, 2].map(() =>
    client.open('/telemetry.git/git-receive-pack', {
      method: 'POST',
      headers: { 'content-type': 'application/x-git-receive-pack-request', 'content-length': '1000' },
    }),
  );
  for (const request of held) {
    request.on('error', () => undefined);
    request.flushHeaders();
  }
  await wait(100);
  const refused = await client.ask(advert);
  assert.equal(codeOf(refused), 'GATEWAY_RATE_LIMITED');
  assert.equal(refused.headers['retry-after'], '5');
  assert.equal((await calm.ask(advert)).status, 200);
  for (const request of held) request.destroy();
  await wait(100);
  assert.equal((await client.ask(advert)).status, 200);
});

test('one that asks too often in a minute is told so, a second later and at the end of its connection; the others are served', async () => {
  const [greedy, other] = [testDevice('pump-1'), testDevice('pump-2')];
  // Saved up for five seconds.
  await using gateway = await TestGateway.start([greedy, other], { requestsPerMinute: 120 });
  using client = new TestClient(gateway.port, greedy, 1);
  using calm = new TestClient(gateway.port, other);
  for (let count = 0; count < 10; count += 1) assert.equal((await client.ask(advert)).status, 200);
  const start = performance.now();
  const refused = await client.ask(advert);
  assert.ok(performance.now() - start > 900);
  assert.equal(refused.status, 429);
  assert.equal(codeOf(refused), 'GATEWAY_RATE_LIMITED');
  assert.equal(refused.headers['retry-after'], '1');
  assert.equal(refused.headers.connection, 'close');
  assert.equal((await calm.ask(advert)).status, 200);
  // Two a second are gained; strangers are counted as well.
  assert.equal((await client.ask(advert)).status, 200);
  using stranger = new TestClient(gateway.port, testDevice('pump-3'), 1);
  for (let count = 0; count < 10; count += 1) assert.equal((await stranger.ask(advert)).status, 403);
  assert.equal((await stranger.ask(advert)).status, 429);
});

test('garbage on the port ends that connection and nothing else', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device]);
  for (const garbage of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff', '\0'.repeat(5000)]) {
    const socket = plain(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(garbage);
    socket.end();
    await once(socket.resume(), 'close');
  }
  using client = new TestClient(gateway.port, device);
  assert.equal((await client.ask(advert)).status, 200);
});

test('a request or an upgrade that our own code fails over ends its connection, stands in the audit log, and ends nobody else', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device]);
  gateway.service.port.upgrade('/v1/tunnel', {
    protocol: 'towline-ssh',
    action: { kind: 'attach-tunnel' },
    handler: stream => stream.destroy(),
  });
  const whole = gateway.view.current;
  gateway.view.publish(
    Object.create(whole, {
      deviceByTlsKey: {
        value: () => {
          throw new Error('a fault of ours');
        },
      },
    }),
  );
  const tls = { key: device.keys.tlsKey, cert: device.keys.tlsCertificate, rejectUnauthorized: false };
  const socket = connect({ host: '127.0.0.1', port: gateway.port, ...tls });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  socket.write('GET /v1/tunnel HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: towline-ssh\r\n\r\n');
  await new Promise(resolve => socket.resume().once('close', resolve));
  assert.ok(gateway.audited.some(({ code, from }) => code === 'GATEWAY_PEER_FAILED' && from !== undefined));
  gateway.view.publish(whole);
  using client = new TestClient(gateway.port, device);
  assert.equal((await client.ask(advert)).status, 200);
});
