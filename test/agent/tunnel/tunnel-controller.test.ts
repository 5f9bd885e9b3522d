import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { TunnelConnection } from '../../../agent/tunnel/tunnel-connection.ts';
import { SshTunnelController } from '../../../agent/tunnel/tunnel-controller.ts';
import { isTowlineError } from '../../../core/errors.ts';
import type { TunnelTarget } from '../../../core/fleet/tunnel.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { device, hour, openTunnel, somebody } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { logIn } from '../../gateway/ssh/client.ts';
import { quietLog } from '../../rig/recorded-device.ts';
import { HandClock } from './hand-clock.ts';

const soon = () => AbortSignal.timeout(60_000);
/** What is to be cut, in the words. */
const withinMs = 10_000;

describe('the tunnel of an agent', { timeout: 180_000 }, () => {
  let port: number;
  const targets = new Set<Socket>();
  const server = createServer(socket => {
    targets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => targets.delete(socket));
    socket.pipe(socket);
  });
  before(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  /** A person's live channel through the tunnel to an echoing target. */
  async function live(rig: Rig) {
    const { client, reach } = await logIn(rig);
    const channel = await reach(device, port);
    const closed = new Promise<void>(resolve => channel.once('close', resolve));
    channel.write('alive');
    assert.equal(
      await new Promise(resolve => channel.once('data', (data: Buffer) => resolve(String(data)))),
      'alive',
    );
    channel.resume();
    const cut = async () =>
      assert.ok(
        await Promise.race([closed.then(() => true), wait(withinMs, false, { ref: false })]),
        'it lives on',
      );
    return { cut, closed, done: () => client.destroy() };
  }

  test('a gateway with a host key that is not pinned gets no login', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel });
    for (const hostKeys of [
      [],
      ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ]) {
      const agent = await rig.agent({ hostKeys });
      await assert.rejects(agent.open(tunnel, soon()), error => isTowlineError(error, 'TUNNEL_HOST_KEY'));
      assert.equal(agent.observe().state, 'connecting');
      await agent.stop();
    }
    assert.deepEqual(rig.tunnels.list(), []);
  });

  test('a gateway that asks for anything but a declared target gets nothing', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel });
    const agent = await rig.agent();
    await agent.open(tunnel, soon());
    for (const target of [
      { name: 'echo', port: 22 },
      { name: '127.0.0.1', port },
      { name: 'ssh', port },
    ]) {
      await assert.rejects(rig.tunnels.open(device, target, somebody, soon()), error =>
        isTowlineError(error, 'TUNNEL_TARGET_REFUSED'),
      );
    }
    // The gateway itself lies: past its own bookkeeping, straight to the agent.
    const places = ['echo:22', `127.0.0.1:${port}`, `:${port}`, 'gone:1', `echo:${port}`];
    assert.deepEqual(await lyingGateway(rig, places, tunnel.targets), [
      'refused',
      'refused',
      'refused',
      'refused',
      'open',
    ]);
    const honest = await rig.tunnels.open(device, { name: 'echo', port }, somebody, soon());
    honest.destroy();
  });

  test('a target is known by name and port of the newest commit, also where a gateway does not take back what was', async () => {
    const tunnel = openTunnel({ old: port, echo: 1 });
    await using rig = await Rig.start({ tunnel });
    // In ssh2's own table both stay: each has the port, or the name, of one that there is now.
    const next = openTunnel({ fresh: port, echo: port });
    assert.deepEqual(await lyingGateway(rig, [`old:${port}`, 'echo:1'], tunnel.targets, next.targets), [
      'refused',
      'refused',
    ]);
  });

  test('a target that a commit takes away is closed to the gateway at once, its live channels too', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel });
    const agent = await rig.agent();
    await agent.open(tunnel, soon());
    const { cut, done } = await live(rig);
    await agent.open({ ...tunnel, targets: [] }, soon());
    await cut();
    await assert.rejects(rig.tunnels.open(device, { name: 'echo', port }, somebody, soon()));
    done();
  });

  test('a target that a commit adds is offered without cutting what lives', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel });
    const agent = await rig.agent();
    await agent.open(tunnel, soon());
    const { done } = await live(rig);
    const more = { ...tunnel, targets: [...tunnel.targets, { name: 'second', host: '127.0.0.1', port: 1 }] };
    await agent.open(more, soon());
    assert.deepEqual(
      rig.tunnels.list().map(({ channels, targets }) => ({ channels, targets })),
      [{ channels: 1, targets: [`echo:${port}`, 'second:1'] }],
    );
    done();
  });

  test('a device that comes back replaces its old connection at once, corpse or not', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel });
    const first = await rig.agent();
    await first.open(tunnel, soon());
    const [old] = rig.deviceSockets;
    const second = await rig.agent();
    await second.open(tunnel, soon());
    assert.equal(old?.destroyed, true);
    assert.equal(rig.tunnels.list().length, 1);
    const channel = await rig.tunnels.open(device, { name: 'echo', port }, somebody, soon());
    channel.destroy();
  });

  test('somebody without the device’s key replaces nothing', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel });
    const agent = await rig.agent();
    await agent.open(tunnel, soon());
    const thief = await rig.agent({ key: 'stranger' });
    await assert.rejects(thief.open(tunnel, soon()), error => isTowlineError(error, 'TUNNEL_CONNECT'));
    const person = await rig.agent({ key: 'alice' });
    await assert.rejects(person.open(tunnel, soon()));
    const channel = await rig.tunnels.open(device, { name: 'echo', port }, somebody, soon());
    channel.destroy();
  });

  test('a connection that breaks is made again, after a pause that grows', async () => {
    const clock = new HandClock();
    const tunnel = openTunnel({ echo: port }, { untilMs: clock.now() + hour });
    await using rig = await Rig.start({ tunnel, clock });
    const agent = await rig.agent();
    await agent.open(tunnel, soon());
    const before = clock.sleeping;
    rig.deviceSockets[0]?.destroy();
    await eventually(() => agent.observe().state === 'connecting' && rig.tunnels.list().length === 0);
    await eventually(() => clock.sleeping >= before);
    clock.advance(400);
    assert.equal(agent.observe().state, 'connecting');
    clock.advance(200);
    await eventually(() => agent.observe().state === 'open');
    assert.equal(rig.tunnels.list().length, 1);
  });

  test('the agent closes by itself at `until`, live channels too, though the gateway would not', async () => {
    const agentClock = new HandClock();
    const tunnel = openTunnel({ echo: port }, { untilMs: agentClock.now() + hour });
    await using rig = await Rig.start({ tunnel: { ...tunnel, untilMs: agentClock.now() + 9 * hour } });
    const agent = await rig.agent({ clock: agentClock });
    await agent.open(tunnel, soon());
    const { cut, done } = await live(rig);
    agentClock.advance(hour);
    await cut();
    await eventually(() => agent.observe().state === 'closed' && targets.size === 0);
    await assert.rejects(agent.open(tunnel, soon()), error => isTowlineError(error, 'TUNNEL_EXPIRED'));
    done();
  });

  test('the gateway cuts at `until` by itself, live channels too, though the agent would not', async () => {
    const clock = new HandClock();
    const tunnel = openTunnel({ echo: port }, { untilMs: clock.now() + hour });
    await using rig = await Rig.start({ tunnel, clock });
    const agent = await rig.agent({ clock: new HandClock() });
    await agent.open({ ...tunnel, untilMs: clock.now() + 9 * hour }, soon());
    const { cut, done } = await live(rig);
    clock.advance(hour);
    await cut();
    assert.deepEqual(rig.tunnels.list(), []);
    done();
  });

  for (const [what, step] of [
    ['closing', { state: 'closed' }],
    ['revoking the device', { change: { revoked: true } }],
    ['removing the operator', { change: { operatorGone: true } }],
    ['taking the device from the operator', { change: { reaches: false } }],
    ['leaving the operator out of `allow`', { allow: ['bob'] }],
  ] as const) {
    test(`${what} cuts live channels at the gateway`, async () => {
      const tunnel = openTunnel({ echo: port });
      await using rig = await Rig.start({ tunnel });
      await (await rig.agent()).open(tunnel, soon());
      const { cut, done } = await live(rig);
      const { change, ...difference } = { change: {}, ...step };
      await rig.publish({ ...tunnel, ...difference }, change);
      await cut();
      await eventually(() => targets.size === 0);
      done();
    });
  }

  test('a change of the view that concerns nobody here cuts nothing', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel });
    await (await rig.agent()).open(tunnel, soon());
    const { done } = await live(rig);
    await rig.publish(tunnel);
    assert.equal(rig.tunnels.list()[0]?.channels, 1);
    done();
  });

  test('an opening whose time is over is refused, and one that is open ends by its own clock', async () => {
    const clock = new HandClock();
    const tunnel = openTunnel({ echo: port }, { untilMs: clock.now() + hour, openedMs: clock.now() });
    await using rig = await Rig.start({ tunnel, clock });
    const agent = await rig.agent();
    await agent.open(tunnel, soon());
    clock.advance(hour);
    await eventually(() => agent.observe().state === 'closed');
    await assert.rejects(agent.open(tunnel, soon()), error => isTowlineError(error, 'TUNNEL_EXPIRED'));
  });

  test('closing cuts live channels and leaves nothing running', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel });
    const agent = await rig.agent();
    await agent.open(tunnel, soon());
    const { cut, done } = await live(rig);
    await agent.close('the commit says so');
    await cut();
    assert.deepEqual(agent.observe(), { state: 'closed', desired: undefined, untilMs: undefined });
    await eventually(() => rig.deviceSockets.length === 0 && targets.size === 0);
    done();
  });

  test('a gateway that does not answer does not hold up the pass, and the agent keeps trying', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel: { ...tunnel, state: 'closed' } });
    const agent = await rig.agent();
    await assert.rejects(agent.open(tunnel, soon()), error => isTowlineError(error, 'TUNNEL_CONNECT'));
    await rig.publish(tunnel);
    await eventually(() => agent.observe().state === 'open');
  });

  test('a connection that is dead without a word is found by keepalives on both sides', async () => {
    const tunnel = openTunnel({ echo: port });
    await using rig = await Rig.start({ tunnel, keepaliveMs: 50 });
    let own: Socket | undefined;
    const agent = await rig.agent({
      through: socket => {
        own = socket;
        return socket;
      },
    });
    await agent.open(tunnel, soon());
    const first = own;
    const [theirs] = rig.deviceSockets;
    // Both ends stay up and hear nothing any more.
    first?.pause();
    theirs?.pause();
    await eventually(() => first?.destroyed === true && theirs?.destroyed === true);
    await eventually(() => agent.observe().state === 'open');
  });
});

/**
 * A gateway with the right host key that takes every offer, takes none back, and then asks for what it likes.
 * @param offers one after the other, the last of them while the one before it is not taken back
 */
async function lyingGateway(
  rig: Rig,
  places: readonly string[],
  ...offers: (readonly TunnelTarget[])[]
): Promise<string[]> {
  const hostKeys = [await readFile(join(rig.folder, 'gateway'), 'utf8')];
  const connected = Promise.withResolvers<ssh2.Connection>();
  const takesBack = Promise.withResolvers<void>();
  const gateway = new ssh2.Server({ hostKeys }, connection => {
    connection.on('authentication', context => context.accept());
    connection.on('request', (accept, _reject, name) => {
      if (name === 'cancel-tcpip-forward') takesBack.resolve();
      else accept?.();
    });
    connection.on('ready', () => connected.resolve(connection));
    connection.on('error', () => {});
  });
  await new Promise<void>(resolve => gateway.listen(0, '127.0.0.1', resolve));
  const over = new AbortController();
  const agent = await TunnelConnection.connect(
    {
      stream: connect((gateway.address() as AddressInfo).port, '127.0.0.1'),
      ...{ gateway: rig.gateway, device, keepaliveMs: 60_000, failed: () => {} },
      sshKey: await readFile(join(rig.folder, 'device'), 'utf8'),
    },
    over.signal,
  );
  const [first = [], next] = offers;
  await agent.offer(first, over.signal);
  if (next !== undefined) {
    agent.offer(next, over.signal).catch(() => {});
    await takesBack.promise;
  }
  const connection = await connected.promise;
  const outcomes: string[] = [];
  for (const place of places) {
    const [name = '', targetPort = ''] = place.split(':');
    const { promise, resolve } = Promise.withResolvers<string>();
    connection.forwardOut(name, Number(targetPort), '127.0.0.1', 0, (error, channel) => {
      channel?.close();
      resolve(error === undefined ? 'open' : 'refused');
    });
    outcomes.push(await promise);
  }
  agent.cut('the test is over');
  over.abort();
  await new Promise<void>(resolve => gateway.close(() => resolve()));
  return outcomes;
}

describe('a gateway that lets the agent in and answers nothing that it offers', () => {
  for (const [when, answered] of [
    ['from the beginning', 0],
    ['after it had answered once', 2],
  ] as const)
    test(`${when}: holds up nobody, and keeps no tunnel open that is closed`, async () => {
      await using rig = await Rig.start();
      let requests = 0;
      const hostKey = await readFile(join(rig.folder, 'gateway'), 'utf8');
      const ssh = new ssh2.Server({ hostKeys: [hostKey] }, connection => {
        connection.on('error', () => {}).on('authentication', context => context.accept());
        connection.on('request', accept => {
          requests += 1;
          if (requests <= answered) accept?.();
        });
      });
      const sockets: Socket[] = [];
      const server = createServer(socket => {
        sockets.push(socket.on('error', () => {}));
        ssh.injectSocket(socket);
      });
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      const dialled = () => connect((server.address() as AddressInfo).port, '127.0.0.1');
      const controller = new SshTunnelController({
        dialler: { upgrade: async () => ({ stream: dialled(), gateway: rig.gateway }) },
        ...{ device, sshKey: await readFile(join(rig.folder, 'device'), 'utf8') },
        ...{ clock: createSystemClock(), log: quietLog, random: () => 0 },
      });
      const tunnel = openTunnel({ one: 1, two: 2 });
      if (answered > 0) {
        await controller.open(tunnel, AbortSignal.timeout(10_000));
        const asked = new AbortController();
        const targets = [...tunnel.targets, { name: 'three', host: '127.0.0.1', port: 3 }];
        const more = controller.open({ ...tunnel, targets }, asked.signal);
        more.catch(() => {});
        await eventually(() => requests > answered);
        asked.abort(new Error('something newer is wanted'));
        await assert.rejects(more, /newer/);
      } else {
        controller.open(tunnel, AbortSignal.timeout(10_000)).catch(() => {});
        await eventually(() => requests > 0);
      }
      await controller.close('the tunnel is closed');
      assert.equal(controller.observe().state, 'closed');
      await eventually(() => sockets.every(socket => socket.destroyed));
      server.close();
    });
});
