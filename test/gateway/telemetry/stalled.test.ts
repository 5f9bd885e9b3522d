import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { runGit, type TestDevice, TestGateway, testDevice } from '../rig/gateway.ts';
import { pack, pushBody, pushHeaders, pushPath, pushStatus, refOf, status, zero } from '../rig/push.ts';
import { TestClient } from '../rig/request.ts';

const requestTimeoutMs = 1500;
/** As many as one device may have at once. */
const perDevice = 8;

/** All that a device sends for one push: the head of the request, and the body. */
function wholePush(device: TestDevice, text: string): Buffer {
  const made = status(text);
  const body = pushBody(zero, made.id, refOf(device), pack(...made.objects));
  const head = `POST ${pushPath} HTTP/1.1\r\nHost: g\r\nContent-Type: ${pushHeaders['content-type']}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

interface Stalled {
  readonly sent: number;
  /** When the gateway let go of it, milliseconds after the last byte that was sent. */
  readonly droppedAfterMs: Promise<number>;
}

/** Sends the first bytes, and never another one; never ends either. */
async function stall(port: number, device: TestDevice, bytes: Buffer): Promise<Stalled> {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    key: device.keys.tlsKey,
    cert: device.keys.tlsCertificate,
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
  await new Promise<void>(resolve => socket.once('secureConnect', () => resolve()));
  await new Promise<void>(resolve => socket.write(bytes, () => resolve()));
  const start = performance.now();
  socket.resume();
  return { sent: bytes.length, droppedAfterMs: closed.then(() => performance.now() - start) };
}

async function nothingIsLeft(gateway: TestGateway): Promise<void> {
  const { stateDirectory, telemetryGit } = gateway.settings;
  for (let tries = 0; tries < 6000 && gateway.service.port.connections.size > 0; tries += 1) await wait(10);
  assert.equal(gateway.service.port.connections.size, 0);
  assert.deepEqual(readdirSync(join(stateDirectory, 'incoming')), []);
  assert.deepEqual(readdirSync(join(telemetryGit, 'objects', 'pack')), []);
  assert.equal(runGit(['for-each-ref'], { cwd: telemetryGit }).stdout, '');
  assert.equal(runGit(['count-objects'], { cwd: telemetryGit }).stdout, '0 objects, 0 kilobytes\n');
}

test('a push that stalls for ever after any of its bytes is dropped in time, stores nothing and frees its place', async () => {
  const length = wholePush(testDevice('pump-0'), 'state: fine\n').length;
  const devices = Array.from({ length: Math.ceil(length / perDevice) }, (_, at) =>
    testDevice(`pump-${at % 10}${String(at).padStart(3, '0')}`),
  );
  await using gateway = await TestGateway.start(devices, { requestTimeoutMs, maxHandshakes: 1000 });
  const stalled: Stalled[] = [];
  for (const [at, device] of devices.entries()) {
    const whole = wholePush(device, 'state: fine\n');
    for (let sent = at * perDevice; sent < Math.min(whole.length, (at + 1) * perDevice); sent += 1) {
      stalled.push(await stall(gateway.port, device, whole.subarray(0, sent)));
    }
  }
  assert.ok(stalled.length >= length, `${stalled.length} of ${length}`);
  for (const { sent, droppedAfterMs } of stalled) {
    const ms = await droppedAfterMs;
    assert.ok(ms >= requestTimeoutMs / 2, `after ${sent} bytes dropped in ${ms} ms: it was not waited for`);
    // Twice: the check comes round as often; and what the machine adds.
    assert.ok(ms < requestTimeoutMs * 2 + 20_000, `after ${sent} bytes held for ${ms} ms`);
  }
  await nothingIsLeft(gateway);
  // Each has all its places again.
  for (const device of [devices[0], devices.at(-1)]) {
    if (device === undefined) continue;
    using client = new TestClient(gateway.port, device);
    const tip = await pushStatus(client, device, 'after');
    assert.equal(gateway.service.telemetry.tip(refOf(device)), tip);
  }
  assert.equal(runGit(['fsck', '--strict'], { cwd: gateway.settings.telemetryGit }).status, 0);
});

test('a large push that stalls, part of it on the disk already, leaves no file and no open file behind', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device], { requestTimeoutMs });
  const whole = wholePush(device, randomBytes(1024 * 1024).toString('base64'));
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  const stalled: Stalled[] = [];
  for (const part of [0.3, 0.5, 0.9, 1 - 1 / whole.length]) {
    stalled.push(await stall(gateway.port, device, whole.subarray(0, Math.floor(whole.length * part))));
  }
  for (const { droppedAfterMs } of stalled) await droppedAfterMs;
  await nothingIsLeft(gateway);
  for (let tries = 0; tries < 6000 && open() > before; tries += 1) await wait(10);
  assert.ok(open() <= before, `${open() - before} open files more`);
});
