import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { runGit, type TestDevice, TestGateway, testDevice } from './rig/gateway.ts';
import { pushHeaders, pushPath, pushStatus, refOf } from './rig/push.ts';
import { TestClient } from './rig/request.ts';

const advert = '/fleet.git/info/refs?service=git-upload-pack';

async function dial(port: number, device: TestDevice, signal: AbortSignal): Promise<TLSSocket | undefined> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    key: device.keys.tlsKey,
    cert: device.keys.tlsCertificate,
  });
  const onAbort = () => socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('error', onAbort);
  return await new Promise(resolve => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(undefined);
    });
  });
}

const post = (length: number) =>
  `POST ${pushPath} HTTP/1.1\r\nHost: g\r\nContent-Type: ${pushHeaders['content-type']}\r\nContent-Length: ${length}\r\n\r\n`;

/** Each goes on until the signal is aborted; whatever the gateway does to it, it comes again. */
const misbehaviours: Record<string, (socket: TLSSocket, device: TestDevice) => AsyncGenerator<void>> = {
  async *tooMuch(socket) {
    socket.write(post(100_000_000));
    while (!socket.destroyed) yield void socket.write(Buffer.alloc(64 * 1024, 'x'));
  },
  async *tooOften(socket) {
    while (!socket.destroyed) {
      yield void socket.write(`GET ${advert} HTTP/1.1\r\nHost: g\r\n\r\n`.repeat(10));
    }
  },
  async *tooSlowly(socket) {
    for (const letter of post(1000)) yield void socket.write(letter);
    while (!socket.destroyed) yield void socket.write('0');
  },
  async *nothing(socket) {
    while (!socket.destroyed) yield;
  },
  /** Asks, and never reads what is answered. */
  async *deaf(socket) {
    socket.pause();
    while (!socket.destroyed) {
      yield void socket.write(`GET ${advert} HTTP/1.1\r\nHost: g\r\n\r\n`.repeat(10));
    }
  },
};

async function misbehave(port: number, device: TestDevice, kind: string, signal: AbortSignal) {
  while (!signal.aborted) {
    const socket = await dial(port, device, signal);
    if (socket === undefined) {
      await wait(100);
      continue;
    }
    if (kind !== 'deaf') socket.resume();
    const steps = misbehaviours[kind]?.(socket, device);
    while (!signal.aborted && !socket.destroyed) {
      if ((await steps?.next())?.done === true) break;
      await wait(kind === 'tooMuch' ? 50 : 200);
    }
    socket.destroy();
  }
}

test('a hundred devices that send too much, too often, too slowly, nothing, or never read: the others poll and push on', async () => {
  const kinds = Object.keys(misbehaviours);
  const bad = Array.from({ length: 100 }, (_, index) => testDevice(`bad-${index}`));
  const good = Array.from({ length: 5 }, (_, index) => testDevice(`good-${index}`));
  await using gateway = await TestGateway.start([...bad, ...good], { requestTimeoutMs: 3000 });
  const before = process.memoryUsage().rss;
  const stop = new AbortController();
  const hostile = bad.map((device, index) =>
    misbehave(gateway.port, device, kinds[index % kinds.length] ?? '', stop.signal),
  );
  try {
    await Promise.all(
      good.map(async device => {
        using client = new TestClient(gateway.port, device);
        let tip: string | undefined;
        for (let round = 0; round < 10; round += 1) {
          assert.equal((await client.ask(advert)).status, 200);
          tip = await pushStatus(client, device, `${round}`, tip);
        }
        assert.equal(gateway.service.telemetry.tip(refOf(device)), tip);
      }),
    );
    const grown = process.memoryUsage().rss - before;
    // Both ends of a hundred connections and what they send are in this process.
    assert.ok(grown < 400 * 1024 * 1024, `${grown} bytes`);
  } finally {
    stop.abort();
    await Promise.all(hostile);
  }
  for (const device of bad) assert.equal(gateway.service.telemetry.tip(refOf(device)), undefined);
  assert.equal(runGit(['fsck', '--strict'], { cwd: gateway.settings.telemetryGit }).status, 0);
});
