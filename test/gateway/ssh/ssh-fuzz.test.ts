/** Whatever a peer of an SSH connection sends, encrypted and logged in: it is answered or cut, and nothing else ends. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import ssh2, { type Connection } from 'ssh2';
import { TunnelConnection } from '../../../agent/tunnel/tunnel-connection.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { Unharmed } from '../../fuzz/unharmed.ts';
import { hostilePayloads, sendPayload } from '../../rig/ssh-packets.ts';
import { logIn } from './client.ts';
import { device, openTunnel, Rig } from './rig.ts';

/** In `npm test`; together half a minute. */
const usual = { ms: 7_500 };

/** A peer that sends what it likes, made anew when it was cut. */
interface HostilePeer {
  readonly ssh: ssh2.Client | Connection;
  readonly socket: Socket;
}

/** Sends, and waits until the other side has had all of it: it answers the keepalive behind it, or has cut. */
async function sendAll(peer: HostilePeer, payloads: readonly Uint8Array[]): Promise<void> {
  for (const payload of payloads) {
    if (peer.socket.destroyed || !peer.socket.writable) break;
    try {
      sendPayload(peer.ssh, payload);
    } catch {
      // Our own side is gone.
      break;
    }
  }
  await wait(2);
}

const alive = ({ socket }: HostilePeer) => !socket.destroyed && socket.writable;

describe('encrypted SSH, fuzzed', () => {
  test('whatever an operator sends on the people’s port', async () => {
    const target = await echoServer();
    const tunnel = openTunnel({ ssh: target.port });
    await using rig = await Rig.start({ tunnel, keepaliveMs: 50, limits: { loginGraceMs: 60_000 } });
    await (await rig.agent()).open(tunnel, AbortSignal.timeout(5000));
    using unharmed = new Unharmed();
    let peer: HostilePeer | undefined;
    const property = fc.asyncProperty(hostilePayloads(22), async payloads => {
      if (peer === undefined || !alive(peer)) peer = await hostileOperator(rig);
      await sendAll(peer, payloads);
      await unharmed.check();
    });
    await fuzzed('people’s port', property, usual);
    peer?.socket.destroy();
    const honest = await logIn(rig);
    honest.client.end();
    target.close();
  });

  test('whatever a device sends in its tunnel', async () => {
    const tunnel = openTunnel({ ssh: 22 });
    await using rig = await Rig.start({ tunnel, keepaliveMs: 50 });
    using unharmed = new Unharmed();
    let peer: HostilePeer | undefined;
    const property = fc.asyncProperty(hostilePayloads(22), fc.boolean(), async (payloads, reached) => {
      if (peer === undefined || !alive(peer)) peer = await hostileDevice(rig);
      const opening = reached
        ? rig.tunnels.open(device, { name: 'ssh', port: 22 }, AbortSignal.timeout(20)).then(
            stream => stream.on('error', () => {}).write('x'),
            () => undefined,
          )
        : undefined;
      await sendAll(peer, payloads);
      await opening;
      await unharmed.check();
    });
    await fuzzed('device tunnels', property, usual);
    peer?.socket.destroy();
  });

  test('whatever a gateway sends to the agent', async () => {
    const target = await echoServer();
    await using rig = await Rig.start();
    await using gateway = await HostileGateway.start(rig);
    using unharmed = new Unharmed();
    const property = fc.asyncProperty(hostilePayloads(target.port), async payloads => {
      await sendAll(await gateway.withAgent(target.port), payloads);
      await unharmed.check();
    });
    await fuzzed('agent’s side', property, usual);
    target.close();
  });

  test('whatever bytes come before a login', async () => {
    await using rig = await Rig.start({ limits: { maxStartupsPerAddress: 1000, maxPerAddress: 1000 } });
    using unharmed = new Unharmed();
    const property = fc.asyncProperty(hostilePayloads(22), fc.boolean(), async (payloads, greeted) => {
      const socket = connect({ port: rig.people.address.port, host: '127.0.0.1', noDelay: true });
      socket.on('error', () => {}).resume();
      if (greeted) socket.write('SSH-2.0-x\r\n');
      for (const payload of payloads) socket.write(plainPacket(payload));
      await wait(2);
      socket.destroy();
      await unharmed.check();
    });
    await fuzzed('before the login', property, usual);
  });
});

/** A binary packet without encryption (RFC 4253, 6). */
function plainPacket(payload: Uint8Array): Buffer {
  const padding = 8 - ((5 + payload.length) % 8) + 8;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head.writeUInt8(padding, 4);
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

async function hostileOperator(rig: Rig): Promise<HostilePeer> {
  const { client } = await logIn(rig);
  return quiet(client);
}

async function hostileDevice(rig: Rig): Promise<HostilePeer> {
  const client = new ssh2.Client();
  const socket = connect({ port: rig.devicePort, host: '127.0.0.1', noDelay: true });
  const privateKey = await readFile(join(rig.folder, 'device'), 'utf8');
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject).once('ready', resolve);
    client.connect({ sock: socket, username: device, privateKey, hostVerifier: () => true });
  });
  client.forwardIn('ssh', 22, () => {});
  client.on('tcp connection', (_details, accept) => accept().on('error', () => {}));
  return quiet(client);
}

function quiet(ssh: ssh2.Client | Connection): HostilePeer {
  const socket = (ssh as unknown as { readonly _sock: Socket })._sock;
  (ssh as NodeJS.EventEmitter).removeAllListeners('error').on('error', () => {});
  socket.on('error', () => {});
  return { ssh, socket };
}

/** A gateway that an attacker holds, and an agent that connects to it. */
class HostileGateway implements AsyncDisposable {
  readonly #rig: Rig;
  readonly #server: ReturnType<typeof createServer>;
  readonly #stop = new AbortController();
  #latest: Connection | undefined;
  #peer: HostilePeer | undefined;
  #agent: TunnelConnection | undefined;

  private constructor(rig: Rig, hostKey: string) {
    this.#rig = rig;
    const ssh = new ssh2.Server({ hostKeys: [hostKey] }, connection => {
      this.#latest = connection;
      connection.on('error', () => {});
      connection.on('authentication', context => context.accept());
      connection.on('request', accept => accept?.());
    });
    this.#server = createServer(socket => ssh.injectSocket(socket.on('error', () => {})));
  }

  static async start(rig: Rig): Promise<HostileGateway> {
    const gateway = new HostileGateway(rig, await readFile(join(rig.folder, 'gateway'), 'utf8'));
    await new Promise<void>(resolve => gateway.#server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  async withAgent(targetPort: number): Promise<HostilePeer> {
    if (this.#peer !== undefined && alive(this.#peer)) return this.#peer;
    this.#agent?.cut('anew');
    const stream = connect((this.#server.address() as AddressInfo).port, '127.0.0.1');
    const options = {
      stream,
      gateway: this.#rig.gateway,
      device,
      sshKey: await readFile(join(this.#rig.folder, 'device'), 'utf8'),
      keepaliveMs: 50,
    };
    this.#agent = await TunnelConnection.connect(options, this.#stop.signal);
    await this.#agent.offer([{ name: 'ssh', host: '127.0.0.1', port: targetPort }]).catch(() => {});
    assert.ok(this.#latest);
    this.#peer = quiet(this.#latest);
    return this.#peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the test ends'));
    this.#agent?.cut('the test ends');
    this.#peer?.socket.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }
}

/** A target that answers what it is told. */
async function echoServer(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer(socket => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
