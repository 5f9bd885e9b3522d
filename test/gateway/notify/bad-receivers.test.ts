/** Receivers that take a message and break off, lock the gateway out, or say its secrets; and gateways that were away themselves. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import type { Log } from '../../../core/log.ts';
import type { NotifyReceiver, NotifyWebhook } from '../../../schemas/types.generated.ts';
import { Hooks } from './hooks.ts';
import { minutes, never, ownFolder, quiet, reportOf, SetClock, Telling, viewDevice, viewOf } from './rig.ts';

const view = viewOf([viewDevice('pump-1')]);

async function telling(
  folder: string,
  receiver: Partial<NotifyReceiver>,
  clock = new SetClock(),
  log: Log = quiet,
) {
  const receivers = [{ name: 'ops', ...receiver }];
  const told = await Telling.open({ folder, view, clock, receivers, log });
  const tell = async (outcome: 'stale' | 'unchanged', word: string = outcome) => {
    await told.hear(reportOf('pump-1', word, { outcome }));
    clock.pass(minutes(1.1));
    await told.send();
  };
  return { told, clock, tell, dead: path.join(folder, 'notify/ops/dead-letters.ndjson') };
}
const hook = (url: string, more: Partial<NotifyWebhook> = {}): Partial<NotifyReceiver> => ({
  webhook: { url, format: 'cloudevents', ...more },
});

/** Answers each request with these bytes, and then does no more. */
async function rawServer(bytes: string, end: 'cut' | 'hold') {
  let requests = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', data => {
      if (!data.toString('latin1').includes('POST ')) return;
      requests += 1;
      socket.write(bytes, () => {
        if (end === 'cut') socket.destroy();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, count: () => requests, [Symbol.asyncDispose]: close };
}

for (const end of ['cut', 'hold'] as const)
  test(`a message whose answer says that it is taken, and is ${end} in the middle, is not sent again`, async () => {
    using folder = ownFolder();
    await using server = await rawServer('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nok', end);
    const { told, clock, tell, dead } = await telling(folder.path, hook(server.url, { timeout: '300ms' }));
    await tell('stale');
    for (let tries = 0; tries < 5; tries += 1) {
      clock.pass(minutes(1));
      await told.send();
    }
    assert.equal(server.count(), 1);
    assert.equal(told.receivers[0]?.error, undefined);
    assert.ok(!existsSync(dead));
    await told.close();
  });

test('a receiver that locks the gateway out, or leads elsewhere, for hours has what waited once it does no more', async () => {
  for (const status of [401, 403, 404, 302, 407]) {
    using folder = ownFolder();
    await using hooks = await new Hooks().listen();
    hooks.fault = () => ({ status, headers: { location: 'https://login.example.com/' } });
    const { told, clock, tell, dead } = await telling(folder.path, hook(hooks.url));
    await tell('stale');
    for (let minute = 0; minute < 300; minute += 5) {
      clock.pass(minutes(5));
      await told.send();
    }
    assert.ok(!existsSync(dead), `${status}`);
    assert.ok(hooks.received.length < 60, `${status}: ${hooks.received.length} tries`);
    hooks.fault = () => undefined;
    clock.pass(minutes(16));
    await told.send();
    assert.equal(hooks.of('device.stale').length, 1, `${status}`);
    await told.close();
  }
});

test('a gateway that was down for two days tries what waits for as long as any other before it gives it up', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  const clock = new SetClock();
  hooks.fault = () => ({ status: 503 });
  const first = await telling(folder.path, hook(hooks.url), clock);
  await first.tell('stale');
  await first.told.close();
  clock.pass(minutes(48 * 60));
  const { told, dead } = await telling(folder.path, hook(hooks.url), clock);
  // The network of the place comes up after the gateway.
  for (let minute = 0; minute < 20; minute += 1) {
    clock.pass(minutes(1));
    await told.send();
  }
  assert.ok(!existsSync(dead));
  hooks.fault = () => undefined;
  clock.pass(minutes(16));
  await told.send();
  assert.equal(hooks.of('device.stale', 'open').length, 1);
  await told.close();
});

test('a clock that is set forward by a year, and back, loses no message and sends none twice', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  const { told, clock, tell, dead } = await telling(folder.path, hook(hooks.url));
  hooks.fault = () => ({ status: 503 });
  await tell('stale');
  clock.wallMs += minutes(365 * 24 * 60);
  await told.send();
  clock.pass(minutes(1));
  await told.send();
  assert.ok(!existsSync(dead));
  hooks.fault = () => undefined;
  clock.wallMs -= minutes(365 * 24 * 60);
  clock.pass(minutes(16));
  await told.send();
  await tell('unchanged');
  assert.deepEqual(
    [hooks.of('device.stale', 'open').length, hooks.of('device.stale', 'resolved').length],
    [1, 1],
  );
  await told.close();
});

test('a receiver that says the address, or a password in it, has it in no error, log or answer to a test', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  const urlFile = path.join(folder.path, 'url');
  const secret = '/services/T0PLANTED/B0/xyzzySecretXyzzy';
  writeFileSync(urlFile, `${hooks.url.replace('//', '//me:hunter2000@')}${secret}\n`);
  const said: string[] = [];
  const log = { ...quiet, warn: (...words: unknown[]) => said.push(JSON.stringify(words)) };
  const { told, tell } = await telling(
    folder.path,
    { webhook: { urlFile, format: 'slack' } },
    new SetClock(),
    log,
  );
  const basic = Buffer.from('me:hunter2000').toString('base64');
  hooks.fault = () => ({ status: 500, body: `Cannot POST ${secret} by ${basic} hunter2000` });
  await tell('stale');
  hooks.fault = () => ({ status: 200, body: `thanks for ${secret}` });
  const answer = (await told.receivers[0]?.test(never)) ?? '';
  const all = [told.receivers[0]?.error, ...said, answer].join('\n');
  assert.match(all, /500/);
  assert.match(answer, /^200 /);
  for (const planted of ['T0PLANTED', 'xyzzySecretXyzzy', 'hunter2000', basic])
    assert.ok(!all.includes(planted), `${planted} in ${all}`);
  await told.close();
});

test('Alertmanager is tried again before it takes what is open for over', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  hooks.fault = () => ({ status: 503 });
  const { told, clock, tell } = await telling(folder.path, hook(hooks.url, { format: 'alertmanager' }));
  await tell('stale');
  for (let minute = 0; minute < 120; minute += 1) {
    clock.pass(minutes(1));
    await told.send();
  }
  const before = hooks.received.length;
  for (let minute = 0; minute < 10; minute += 1) {
    clock.pass(minutes(1));
    await told.send();
  }
  assert.ok(hooks.received.length - before >= 5, `${hooks.received.length - before} tries in ten minutes`);
  await told.close();
});

test('a secret that signs nothing is refused before a message bears it', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  const secretFile = path.join(folder.path, 'secret');
  for (const weak of ['whsec_', 'whsec_????????????????????', 'whsec_YQ==']) {
    writeFileSync(secretFile, weak);
    const { told } = await telling(folder.path, hook(hooks.url, { secretFile }));
    await assert.rejects(async () => await told.receivers[0]?.test(never), { code: 'TELEMETRY_SINK_FILE' });
    await told.close();
  }
  assert.equal(hooks.received.length, 0);
});
