import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as plain, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { HintClient } from '../../bench/simulator/hint-client.ts';
import { recordClientHello } from '../../bench/simulator/stalled-sockets.ts';
import { commitFile, type TestDevice, TestGateway, testDevice } from './rig/gateway.ts';

/** The whole of it, ten thousand over their own process, is `npm run bench -- hints`. */
const count = 300;

function clientOf({ keys }: TestDevice): HintClient {
  return new HintClient({ key: keys.tlsKey, certificate: keys.tlsCertificate }, 300);
}

/** From one of this machine's own addresses: loopback has 2^24. */
async function silentSocket(port: number, localAddress = '127.0.0.1', first?: Uint8Array): Promise<Socket> {
  const socket = plain({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  if (first !== undefined) socket.write(first);
  return socket;
}

test('a fleet that comes all at once, beyond the handshakes at a time: all wait in turn, all are served, none is let go', async () => {
  const devices = Array.from({ length: count }, (_, index) => testDevice(`pump-${index}`));
  const maxHandshakes = 16;
  await using gateway = await TestGateway.start(devices, { maxHandshakes });
  const { handshakes } = gateway.service.port;
  const clients = devices.map(clientOf);
  // All places are taken when the fleet comes.
  const hello = await recordClientHello();
  const stuck: Socket[] = [];
  for (let index = 0; index < maxHandshakes; index += 1) {
    stuck.push(await silentSocket(gateway.port, index < 12 ? '127.0.0.2' : '127.0.0.3', hello));
  }
  while (handshakes.underWay < maxHandshakes) await wait(10);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, handshakes.underWay);
  }, 1);
  const signal = AbortSignal.timeout(120_000);
  const opened = Promise.all(clients.map(client => client.open(gateway.port, signal)));
  while (handshakes.waiting < count) await wait(5, undefined, { signal });
  for (const socket of stuck) socket.destroy();
  const tries = await opened;
  clearInterval(watch);
  assert.equal(gateway.service.hints.size, count);
  assert.ok(most <= maxHandshakes, `${most} at once`);
  assert.deepEqual([Math.max(...tries), handshakes.refused], [1, 0]);
  while (handshakes.underWay > 0) await wait(10, undefined, { signal });

  commitFile(gateway.folder, 'a.txt', 'x');
  await gateway.service.refs.refresh();
  while (!clients.every(client => client.hints > 0)) await wait(20, undefined, { signal });
  for (const client of clients) client.close();
});

test('hundreds that connect and say nothing, or begin a ClientHello, take no place: devices come in beside them at the first try', async () => {
  const devices = Array.from({ length: 20 }, (_, index) => testDevice(`pump-${index}`));
  await using gateway = await TestGateway.start(devices, { maxHandshakes: 16 });
  const { handshakes } = gateway.service.port;
  const hello = await recordClientHello();
  const silent: Socket[] = [];
  for (let index = 0; index < 400; index += 1) {
    silent.push(await silentSocket(gateway.port, '127.0.0.1', hello.subarray(0, index % 200)));
  }
  while (handshakes.silent < 400) await wait(10);
  const clients = devices.map(clientOf);
  const start = performance.now();
  const signal = AbortSignal.timeout(60_000);
  const tries = await Promise.all(clients.map(client => client.open(gateway.port, signal)));
  assert.equal(Math.max(...tries), 1);
  assert.ok(performance.now() - start < 5000, 'not after the silent ones have given up');
  assert.equal(handshakes.silent, 400);
  for (const socket of silent) socket.destroy();
  for (const client of clients) client.close();
});

test('hundreds that stop after their ClientHello have at most three quarters of the places: devices elsewhere come in at once', async () => {
  const devices = Array.from({ length: 20 }, (_, index) => testDevice(`pump-${index}`));
  await using gateway = await TestGateway.start(devices, { maxHandshakes: 16 });
  const { handshakes } = gateway.service.port;
  const hello = await recordClientHello();
  const stuck: Socket[] = [];
  for (let index = 0; index < 300; index += 1) {
    stuck.push(await silentSocket(gateway.port, '127.0.0.2', hello));
  }
  while (handshakes.underWay + handshakes.waiting < 300) await wait(10);
  assert.equal(handshakes.underWay, 12);
  const clients = devices.map(clientOf);
  const start = performance.now();
  const signal = AbortSignal.timeout(60_000);
  const tries = await Promise.all(clients.map(client => client.open(gateway.port, signal)));
  assert.equal(Math.max(...tries), 1);
  assert.ok(performance.now() - start < 4000, 'before any of the others has lost its place');
  for (const socket of stuck) socket.destroy();
  while (handshakes.underWay + handshakes.waiting > 0) await wait(10);
  for (const client of clients) client.close();
});

test('what is no ClientHello, or too large to be one, or ends while it waits, is let go without TLS', async () => {
  await using gateway = await TestGateway.start([testDevice('pump-1')], { maxHandshakes: 16 });
  const { handshakes } = gateway.service.port;
  const hello = await recordClientHello();
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([22, 3, 1, 0xff, 0xff]),
    Buffer.from([22, 3, 1, 0, 0]),
    Buffer.from([22, 2]),
  ]) {
    const socket = await silentSocket(gateway.port, '127.0.0.1', bytes);
    await new Promise<void>(resolve => socket.resume().once('close', () => resolve()));
  }
  const stuck: Socket[] = [];
  for (let index = 0; index < 14; index += 1) {
    stuck.push(await silentSocket(gateway.port, '127.0.0.2', hello));
  }
  while (handshakes.waiting < 2) await wait(10);
  assert.equal(handshakes.underWay, 12);
  for (const socket of stuck.slice(12)) socket.end();
  while (handshakes.waiting > 0) await wait(10);
  assert.equal(handshakes.underWay, 12);
  for (const socket of stuck) socket.destroy();
  while (handshakes.underWay > 0) await wait(10);
});
