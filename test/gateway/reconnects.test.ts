import assert from 'node:assert/strict';
import { connect as plain, Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { HintClient } from '../../bench/simulator/hint-client.ts';
import { commitFile, TestGateway, testDevice } from './rig/gateway.ts';

/** The whole of it, ten thousand over their own process, is `npm run bench -- hints`. */
const count = 300;

test('a fleet that comes all at once, beyond the handshakes at a time: all are served, and all are told', async () => {
  const devices = Array.from({ length: count }, (_, index) => testDevice(`pump-${index}`));
  const maxHandshakes = 16;
  await using gateway = await TestGateway.start(devices, { maxHandshakes });
  const { handshakes } = gateway.service.port;
  const clients = devices.map(
    ({ keys }) => new HintClient({ key: keys.tlsKey, certificate: keys.tlsCertificate }, 300),
  );
  // All places are taken when the fleet comes.
  const silent = Array.from({ length: maxHandshakes }, () => plain(gateway.port, '127.0.0.1'));
  while (handshakes.size < maxHandshakes) await wait(10);
  setTimeout(() => {
    for (const socket of silent) socket.destroy();
  }, 1000);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, handshakes.size);
  }, 1);
  const signal = AbortSignal.timeout(120_000);
  const tries = await Promise.all(clients.map(client => client.open(gateway.port, signal)));
  clearInterval(watch);
  assert.equal(gateway.service.hints.size, count);
  assert.ok(most <= maxHandshakes, `${most} at once`);
  assert.ok(handshakes.refused > 0, 'some had to come again');
  assert.ok(Math.max(...tries) > 1);
  while (handshakes.size > 0) await wait(10, undefined, { signal });

  commitFile(gateway.folder, 'a.txt', 'x');
  await gateway.service.refs.refresh();
  while (!clients.every(client => client.hints > 0)) await wait(20, undefined, { signal });
  for (const client of clients) client.close();
});

test('connections that never shake hands hold places only as long as a handshake may take', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device], { maxHandshakes: 16 });
  const silent = Array.from({ length: 40 }, () => new Socket().on('error', () => undefined));
  const closed = silent.map(socket => new Promise<void>(resolve => socket.once('close', () => resolve())));
  for (const socket of silent) socket.connect(gateway.port, '127.0.0.1');
  // Those beyond are let go at once.
  await Promise.all(
    silent.map(socket => (socket.connecting ? new Promise(go => socket.once('connect', go)) : 0)),
  );
  while (gateway.service.port.handshakes.refused < 24) await wait(20);
  assert.equal(gateway.service.port.handshakes.size, 16);
  for (const socket of silent) socket.destroy();
  await Promise.all(closed);
  const client = new HintClient({ key: device.keys.tlsKey, certificate: device.keys.tlsCertificate });
  await client.open(gateway.port, AbortSignal.timeout(60_000));
  client.close();
});
