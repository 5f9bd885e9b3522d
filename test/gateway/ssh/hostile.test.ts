import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import ssh2 from 'ssh2';
import { eventually } from '../../../lab/rig/eventually.ts';
import { device, deviceHost, openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { payload, sendPayload, uint32 } from '../../rig/ssh-packets.ts';
import { logIn } from './client.ts';
import { HostileGateway } from './hostile-gateway.ts';

const mebibyte = 1024 * 1024;
/** Windows, queues and kernel buffers of the whole way, with room to spare; bytes. */
const mostTaken = 40 * mebibyte;

describe('hostile clients of the people’s port', () => {
  test('silent sockets are gone after the login grace', async () => {
    await using rig = await Rig.start({ limits: { loginGraceMs: 300 } });
    const sockets = Array.from({ length: 10 }, () => quiet(rig.people.address.port));
    await eventually(() => rig.people.connections === 10);
    await eventually(() => rig.people.connections === 0, 15_000);
    for (const socket of sockets) socket.destroy();
  });

  test('a client that greets and then says nothing more is gone, too', async () => {
    await using rig = await Rig.start({ limits: { loginGraceMs: 300 } });
    const socket = quiet(rig.people.address.port);
    socket.write('SSH-2.0-slow\r\n');
    await eventually(() => rig.people.connections === 1);
    await eventually(() => rig.people.connections === 0, 15_000);
    socket.destroy();
  });

  test('one address has no more than its share of the connections that have not logged in', async () => {
    await using rig = await Rig.start({ limits: { maxStartupsPerAddress: 5 } });
    const sockets = Array.from({ length: 50 }, () => quiet(rig.people.address.port));
    await eventually(() => sockets.filter(socket => socket.destroyed).length === 45);
    assert.equal(rig.people.connections, 5);
    for (const socket of sockets) socket.destroy();
    await eventually(() => rig.people.connections === 0);
    const { client } = await logIn(rig);
    client.end();
  });

  test('those who never log in keep nobody out, however many they are', async () => {
    const limits = { maxStartups: 30, maxStartupsPerAddress: 10, loginGraceMs: 600_000 };
    await using rig = await Rig.start({ limits });
    // As many as there may be, from four addresses; one more of each pushes out the one that has stood longest.
    const sockets = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'].flatMap(localAddress =>
      Array.from({ length: 15 }, () => quiet(rig.people.address.port, localAddress)),
    );
    await eventually(() => sockets.filter(socket => socket.destroyed).length >= 30);
    assert.ok(rig.people.connections <= 30);
    const { client } = await logIn(rig);
    client.end();
    for (const socket of sockets) socket.destroy();
  });

  test('one operator has no more than their share of the connections', async () => {
    await using rig = await Rig.start({ limits: { maxPerOperator: 3 } });
    const clients = [];
    for (let count = 0; count < 3; count += 1) clients.push((await logIn(rig)).client);
    await assert.rejects(logIn(rig));
    clients.pop()?.end();
    await eventually(() => rig.people.connections === 2);
    clients.push((await logIn(rig)).client);
    for (const client of clients) client.end();
  });

  test('who has logged in does not count as a start-up', async () => {
    await using rig = await Rig.start({ limits: { maxStartups: 2, loginGraceMs: 200 } });
    const clients = [];
    for (let count = 0; count < 4; count += 1) clients.push((await logIn(rig)).client);
    await new Promise(resolve => setTimeout(resolve, 400));
    assert.equal(rig.people.connections, 4);
    for (const client of clients) client.end();
  });

  test('tries end after six, not after a thousand', async () => {
    await using rig = await Rig.start();
    let tries = 0;
    const client = new ssh2.Client();
    const closed = new Promise<void>(resolve => client.once('close', resolve));
    client.on('error', () => {});
    client.connect({
      host: '127.0.0.1',
      port: rig.people.address.port,
      username: 'x',
      hostVerifier: () => true,
      authHandler: () => {
        tries += 1;
        return tries > 1000 ? (false as never) : { type: 'password', username: 'x', password: `${tries}` };
      },
    });
    await closed;
    assert.ok(tries >= 6 && tries <= 8, `${tries} tries`);
    assert.deepEqual(
      rig.audits.map(({ outcome, message }) => ({ outcome, message })),
      [{ outcome: 'refused', message: 'too many tries' }],
    );
  });

  test('channels whose packets may hold no byte do not stop the gateway', async () => {
    const { rig, reach } = await streaming();
    await using _rig = rig;
    const client = await logIn(rig);
    spoil(client.client, 'directTcpip', { packetSize: 0 });
    const lost = new Promise<void>(resolve => client.client.once('close', resolve));
    void client.reach(device, reach).catch(() => {});
    await lost;
    const { client: next } = await logIn(rig);
    next.end();
  });

  test('channels without end are refused, and the connection still works', async () => {
    const { rig, reach } = await streaming();
    await using _rig = rig;
    const { client, reach: open } = await logIn(rig);
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => open(device, reach)));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, 200 - 32);
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') outcome.value.close();
    await eventually(() => rig.tunnels.list()[0]?.channels === 0);
    const again = await open(device, reach);
    again.close();
    client.end();
  });

  test('a client with a giant window that reads nothing does not fill the gateway’s memory', async () => {
    const { rig, reach, source } = await streaming();
    await using _rig = rig;
    const { client, reach: open } = await logIn(rig);
    spoil(client, 'directTcpip', { window: 0xffff_ffff });
    await open(device, reach);
    socketOf(client).pause();
    const taken = await takenFrom(source);
    assert.ok(taken > mebibyte && taken < mostTaken, `${Math.round(taken / mebibyte)} MiB`);
    client.destroy();
  });

  test('a client that begins a key exchange and never ends it fills no queue', async () => {
    const { rig, reach, source } = await streaming();
    await using _rig = rig;
    const { client, reach: open } = await logIn(rig);
    spoil(client, 'directTcpip', { window: 0xffff_ffff });
    const protocol = (client as unknown as { readonly _protocol: { rekey(): void } })._protocol;
    await open(device, reach);
    protocol.rekey();
    // Reads on, and answers nothing.
    socketOf(client).removeAllListeners('data').resume();
    const taken = await takenFrom(source);
    assert.ok(taken > mebibyte && taken < mostTaken, `${Math.round(taken / mebibyte)} MiB`);
    client.destroy();
  });

  test('a client that asks and never reads the answers is cut', async () => {
    await using rig = await Rig.start();
    const { client } = await logIn(rig);
    const socket = socketOf(client);
    const lost = new Promise<void>(resolve => socket.once('close', () => resolve()));
    const protocol = (client as unknown as { readonly _protocol: { ping(): void } })._protocol;
    socket.pause();
    const flood = () => {
      for (let count = 0; count < 2000 && !socket.destroyed; count += 1) {
        try {
          protocol.ping();
        } catch {
          return;
        }
      }
      if (!socket.destroyed) setTimeout(flood, 1);
    };
    flood();
    // Seven seconds with ssh2's native addon on two cores, forty without: so long it takes to fill the kernel's buffers.
    await eventually(() => rig.people.connections === 0, 120_000);
    client.destroy();
    await lost;
  });

  /** A request for a channel whose first string says that it is longer than the packet: ssh2 reads on behind its length. */
  const overlong = payload(
    90,
    'direct-tcpip',
    7,
    mebibyte,
    32_768,
    uint32(0xffff_ffff),
    'pump-17',
    22,
    '',
    1,
  );
  const absurd: Readonly<Record<string, Buffer>> = {
    'a host that is longer than its packet': overlong,
    'no type': payload(90, uint32(0xffff_ffff), 7, mebibyte, 32_768),
    'a session without channel, window and packet size': payload(90, 'session'),
    'a session without packet size': payload(90, 'session', 7, mebibyte),
  };
  for (const [what, packet] of Object.entries(absurd)) {
    test(`a channel request with ${what} cuts its sender, and nobody else`, async () => {
      const tunnel = openTunnel({ ssh: 22 });
      await using rig = await Rig.start({ tunnel });
      const honest = await logIn(rig);
      const { client } = await logIn(rig);
      const lost = new Promise<void>(resolve => client.once('close', resolve));
      sendPayload(client, packet);
      await lost;
      assert.deepEqual(rig.audits.map(({ action, outcome, code }) => ({ action, outcome, code })).at(-1), {
        action: 'connection',
        outcome: 'refused',
        code: 'GATEWAY_PEER_FAILED',
      });
      await assert.rejects(honest.reach('nobody', 22), /TUNNEL|GATEWAY/);
      honest.client.end();
    });
  }

  test('a message that is not whole cuts its sender after another key exchange, too', async () => {
    await using rig = await Rig.start();
    const { client } = await logIn(rig);
    const lost = new Promise<void>(resolve => client.once('close', resolve));
    const exchanged = new Promise<void>(resolve => client.once('handshake', () => resolve()));
    (client as unknown as { readonly _protocol: { rekey(): void } })._protocol.rekey();
    await exchanged;
    sendPayload(client, overlong);
    await lost;
    assert.equal(rig.audits.at(-1)?.code, 'GATEWAY_PEER_FAILED');
  });

  test('sessions that are opened and dropped by the hundred end the connection', async () => {
    await using rig = await Rig.start();
    const { client } = await logIn(rig);
    const lost = new Promise<void>(resolve => client.once('close', resolve));
    const protocol = (
      client as unknown as {
        readonly _protocol: { session(channel: number, window: number, packet: number): void };
      }
    )._protocol;
    for (let channel = 1000; channel < 1200; channel += 1) protocol.session(channel, mebibyte, 32_768);
    await lost;
  });
});

describe('hostile devices', () => {
  test('a device with a giant window that reads nothing does not fill the gateway’s memory', async () => {
    const tunnel = openTunnel({ ssh: 22 });
    await using rig = await Rig.start({ tunnel });
    const evil = await evilDevice(rig, { window: 0xffff_ffff });
    const { client, reach } = await logIn(rig);
    const channel = await reach(deviceHost, 22);
    evil.socket.pause();
    const chunk = Buffer.alloc(256 * 1024);
    const fill = () => {
      while (channel.writable && channel.write(chunk));
      channel.once('drain', fill);
    };
    fill();
    const taken = await takenFrom(() => socketOf(client));
    assert.ok(taken > mebibyte && taken < mostTaken, `${Math.round(taken / mebibyte)} MiB`);
    assert.ok((rig.deviceSockets[0]?.writableLength ?? Infinity) <= 4 * mebibyte);
    client.destroy();
    evil.client.destroy();
  });

  test('what is no SSH in a device’s stream ends that, and a device’s key with another’s signature takes no place', async () => {
    const tunnel = openTunnel({ ssh: 22 });
    await using rig = await Rig.start({ tunnel });
    const { client: honest } = await evilDevice(rig, {});
    const garbage = connect(rig.devicePort, '127.0.0.1').on('error', () => {});
    garbage.write(`SSH-2.0-x\r\n${'\xff'.repeat(70_000)}`);
    await new Promise(resolve => garbage.once('close', resolve).resume());
    const keyOf = async (name: string) => {
      const key = ssh2.utils.parseKey(await readFile(join(rig.folder, name), 'utf8'));
      if (key instanceof Error) throw key;
      return key;
    };
    const stranger = await keyOf('stranger');
    const key = Object.assign(await keyOf('device'), { sign: (data: Buffer) => stranger.sign(data) });
    const thief = new ssh2.Client();
    const outcome = new Promise<string>(resolve => {
      thief.on('error', () => {}).once('ready', () => resolve('in'));
      thief.once('close', () => resolve('refused'));
    });
    thief.connect({
      ...{ host: '127.0.0.1', port: rig.devicePort, username: device, hostVerifier: () => true },
      authHandler: (_left, _partial, next) => next({ type: 'publickey', username: device, key }),
    });
    assert.equal(await outcome, 'refused');
    assert.equal(rig.tunnels.list().length, 1);
    honest.destroy();
  });

  test('a device that sends beyond its window is cut', async () => {
    const tunnel = openTunnel({ ssh: 22 });
    await using rig = await Rig.start({ tunnel });
    const evil = await evilDevice(rig, {});
    const { client, reach } = await logIn(rig);
    const channel = await reach(deviceHost, 22);
    channel.pause();
    const closed = new Promise<void>(resolve => evil.client.once('close', resolve));
    const protocol = (
      evil.client as unknown as { readonly _protocol: { channelData(channel: number, data: Buffer): void } }
    )._protocol;
    const data = Buffer.alloc(30_000);
    for (let count = 0; count < 400 && !evil.socket.destroyed; count += 1) {
      try {
        protocol.channelData(evil.channels[0] ?? 0, data);
      } catch {
        break;
      }
      if (count % 50 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await closed;
    await eventually(() => rig.tunnels.list().length === 0);
    client.destroy();
  });

  test('a device cannot open channels to the gateway, nor sessions on it', async () => {
    const tunnel = openTunnel({ ssh: 22 });
    await using rig = await Rig.start({ tunnel });
    const { client } = await evilDevice(rig, {});
    await assert.rejects(
      new Promise((resolve, reject) =>
        client.forwardOut('127.0.0.1', 0, '127.0.0.1', rig.people.address.port, error =>
          error ? reject(error) : resolve(0),
        ),
      ),
    );
    await assert.rejects(
      new Promise((resolve, reject) => client.exec('id', error => (error ? reject(error) : resolve(0)))),
    );
    client.destroy();
  });
});

describe('hostile gateways', () => {
  test('data beside the data, after its end, ends the agent’s channel and nothing else', async () => {
    const target = createServer(socket => socket.on('error', () => {}).resume());
    await new Promise<void>(resolve => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as AddressInfo;
    await using rig = await Rig.start();
    await using gateway = await HostileGateway.start(rig);
    const { ssh } = await gateway.withAgent(port);
    sendPayload(ssh, payload(90, 'forwarded-tcpip', 5, mebibyte, 32_768, 'ssh', port, '', 1));
    await new Promise(resolve => setTimeout(resolve, 100));
    sendPayload(ssh, payload(96, 0));
    sendPayload(ssh, payload(95, 0, 1, 'after the end'));
    await new Promise(resolve => setTimeout(resolve, 100));
    target.close();
  });

  test('a message that is not whole cuts the gateway that sent it', async () => {
    await using rig = await Rig.start();
    await using gateway = await HostileGateway.start(rig);
    const { ssh, socket } = await gateway.withAgent(22);
    const lost = new Promise<void>(resolve => socket.once('close', () => resolve()));
    sendPayload(
      ssh,
      payload(90, 'forwarded-tcpip', 5, mebibyte, 32_768, uint32(0xffff_ffff), 'ssh', 22, '', 1),
    );
    await lost;
    assert.deepEqual(
      gateway.failures.map(error => (error as { code?: string }).code),
      ['TUNNEL_MALFORMED'],
    );
  });
});

/** A device whose target sends without end, and the port that leads there. */
async function streaming() {
  const chunk = Buffer.alloc(256 * 1024);
  let latest: Socket | undefined;
  const server = createServer(socket => {
    latest = socket;
    const fill = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('error', () => {});
    socket.on('drain', fill);
    fill();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const reach = (server.address() as AddressInfo).port;
  const tunnel = openTunnel({ stream: reach });
  const rig = await Rig.start({ tunnel });
  await (await rig.agent()).open(tunnel, AbortSignal.timeout(60_000));
  return { rig, reach, source: () => latest };
}

function quiet(port: number, localAddress = '127.0.0.1'): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => {});
  return socket.resume();
}

function socketOf(client: ssh2.Client): Socket {
  return (client as unknown as { readonly _sock: Socket })._sock;
}

/** Makes a client open or accept its channels with absurd terms. */
function spoil(
  client: ssh2.Client,
  method: 'directTcpip' | 'channelOpenConfirm',
  terms: { window?: number; packetSize?: number },
): void {
  const protocol = (client as unknown as { readonly _protocol: Record<string, (...args: number[]) => void> })
    ._protocol;
  const original = protocol[method];
  const first = method === 'directTcpip' ? 1 : 2;
  protocol[method] = (...args) => {
    if (terms.window !== undefined) args[first] = terms.window;
    if (terms.packetSize !== undefined) args[first + 1] = terms.packetSize;
    original?.apply(protocol, args);
  };
}

/** A device that proves its key, offers `ssh:22`, accepts every channel and does as it likes. */
async function evilDevice(rig: Rig, terms: { window?: number; packetSize?: number }) {
  const client = new ssh2.Client();
  const socket = connect({ port: rig.devicePort, host: '127.0.0.1', noDelay: true });
  const privateKey = await readFile(join(rig.folder, 'device'), 'utf8');
  const channels: number[] = [];
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject).once('ready', resolve);
    client.connect({ sock: socket, username: device, privateKey, hostVerifier: () => true });
  });
  spoil(client, 'channelOpenConfirm', terms);
  client.on('tcp connection', (_details, accept) => {
    const channel = accept();
    channels.push((channel as unknown as { outgoing: { id: number } }).outgoing.id);
    channel.on('error', () => {});
  });
  await new Promise<void>((resolve, reject) =>
    client.forwardIn('ssh', 22, error => (error ? reject(error) : resolve())),
  );
  return { client, socket, channels };
}

/** How many bytes left a socket until it stalled for a while. Without caps they would never stall. */
async function takenFrom(socket: () => Socket | undefined): Promise<number> {
  let [taken, stalledMs] = [0, 0];
  while (taken < mostTaken && stalledMs < 2000) {
    await new Promise(resolve => setTimeout(resolve, 50));
    const from = socket();
    const sent = from === undefined ? 0 : from.bytesWritten - from.writableLength;
    // Before it has begun nothing has stalled.
    stalledMs = sent === taken && sent > 0 ? stalledMs + 50 : 0;
    taken = sent;
  }
  return taken;
}
