/** Whatever a peer of an SSH connection sends, encrypted and logged in: it is answered or cut, and nothing else ends. */
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { device, openTunnel, somebody } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { Unharmed } from '../../fuzz/unharmed.ts';
import { hostilePayloads, sendPayload } from '../../rig/ssh-packets.ts';
import { logIn } from './client.ts';
import { alive, HostileGateway, type HostilePeer, quiet } from './hostile-gateway.ts';

/** In `npm test`, each of four; `npm run fuzz` tries longer. */
const usual = { ms: 2_000 };

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

describe('encrypted SSH, fuzzed', () => {
  test('whatever an operator sends on the people’s port', async () => {
    const target = await echoServer();
    const tunnel = openTunnel({ ssh: target.port });
    await using rig = await Rig.start({ tunnel, keepaliveMs: 50, limits: { loginGraceMs: 60_000 } });
    await (await rig.agent()).open(tunnel, AbortSignal.timeout(60_000));
    using unharmed = new Unharmed();
    let peer: HostilePeer | undefined;
    let logins = 0;
    const property = fc.asyncProperty(hostilePayloads(22), async payloads => {
      // At the gateway itself, and in a session that it ends.
      if (peer === undefined || !alive(peer)) {
        logins += 1;
        peer = await hostileOperator(rig, logins % 2 === 0 ? `web+${device}` : 'anyone');
      }
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
        ? rig.tunnels.open(device, { name: 'ssh', port: 22 }, somebody, AbortSignal.timeout(20)).then(
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

async function hostileOperator(rig: Rig, username: string): Promise<HostilePeer> {
  const { client } = await logIn(rig, { username });
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

/** A target that answers what it is told. */
async function echoServer(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer(socket => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
