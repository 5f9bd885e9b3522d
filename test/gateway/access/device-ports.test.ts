import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../../../core/log.ts';
import { DevicePorts } from '../../../gateway/access/device-ports.ts';
import { freePort } from '../../../lab/machine/free-port.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { startSshd } from '../../../lab/rig/sshd.ts';
import { openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { type AccessFleet, accessView } from './access-view.ts';
import { FakeDevice } from './fake-device.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const echo = (stream: Duplex) => void stream.on('error', () => {}).pipe(stream);

/** A gateway with one port of pump-17. */
class PortRig implements AsyncDisposable {
  readonly rig: Rig;
  readonly port: number;
  readonly ports: DevicePorts;

  static async start(fleet: AccessFleet = {}): Promise<PortRig> {
    const made = new PortRig(await Rig.start(), await freePort());
    await made.publish(fleet);
    return made;
  }

  private constructor(rig: Rig, port: number) {
    this.rig = rig;
    this.port = port;
    const { view, bus, tunnels, clock, audits } = rig;
    const audit = { write: (event: (typeof audits)[number]) => void audits.push(event) };
    this.ports = new DevicePorts({ view, bus, tunnels, clock, audit, log: silent });
  }

  async publish(fleet: AccessFleet): Promise<void> {
    const { port } = this;
    const access = { port, ...fleet.access };
    const ports = { from: port, to: port };
    this.rig.view.publish(await accessView(this.rig.folder, { ports, ...fleet, access }));
  }

  get state(): unknown {
    return this.ports.state();
  }

  get isOpen(): boolean {
    return JSON.stringify(this.state).includes(`"port":${this.port}`);
  }

  /** @returns undefined where nobody listens */
  async enter(host = '127.0.0.1'): Promise<Socket | undefined> {
    const socket = connect(this.port, host);
    const came = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.on('error', () => {});
    return came ? socket : undefined;
  }

  /** Waits until somebody listens. */
  async entered(): Promise<Socket> {
    for (;;) {
      const socket = await this.enter();
      if (socket !== undefined) return socket;
      await wait(10);
    }
  }

  /** Waits until nobody listens. */
  async shut(): Promise<void> {
    for (;;) {
      const socket = await this.enter();
      if (socket === undefined) return;
      socket.destroy();
      await wait(10);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ports.close();
    await this.rig[Symbol.asyncDispose]();
  }
}

async function answer(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

describe('the port of a device', () => {
  test('stock ssh comes through it to what the device’s agent serves, end to end', async () => {
    await using sshd = await startSshdForUse();
    await using made = await PortRig.start();
    using _device = await FakeDevice.connect(made.rig, stream => {
      const socket = connect(sshd.port, sshd.host);
      socket
        .on('error', () => {})
        .pipe(stream)
        .pipe(socket);
    });
    await eventually(() => made.isOpen);
    const config = await made.rig.clientConfig();
    const { code, stdout, stderr } = await made.rig.run(
      'ssh',
      [
        ...['-F', config, '-o', 'HostKeyAlias=pump-17', '-o', 'StrictHostKeyChecking=accept-new'],
        ...['-i', sshd.identity, '-p', String(made.port), `${sshd.user}@127.0.0.1`, 'echo there; exit 3'],
      ],
      '',
    );
    assert.deepEqual({ code, stdout: stdout.toString(), stderr }, { code: 3, stdout: 'there\n', stderr: '' });
    const end = () => made.rig.audits.find(({ outcome }) => outcome === 'ended');
    await eventually(() => end() !== undefined);
    const ended = end();
    assert.equal(ended?.action, `port ${made.port} pump-17`);
    assert.equal(ended?.from, '127.0.0.1');
  });

  test('listens while the device’s tunnel is here and open, on loopback; a commit that closes it cuts what goes through', async () => {
    await using made = await PortRig.start();
    assert.equal(await made.enter(), undefined, 'before the device is here');
    using _device = await FakeDevice.connect(made.rig, echo);
    await eventually(() => made.isOpen);
    const socket = await made.enter();
    assert.ok(socket);
    assert.equal(await answer(socket, 'here'), 'here');
    assert.equal(await made.enter('127.0.0.2'), undefined, 'on another address than the fleet says');
    const cut = once(socket, 'close');
    const beganMs = performance.now();
    await made.publish({ tunnel: undefined });
    await cut;
    await made.shut();
    assert.ok(performance.now() - beganMs < 10_000);
    assert.deepEqual(made.state, {});
  });

  test('ends with the tunnel’s own end, without a commit', async () => {
    await using made = await PortRig.start({ tunnel: openTunnel({}, { untilMs: Date.now() + 8_000 }) });
    using _device = await FakeDevice.connect(made.rig, echo);
    await eventually(() => made.isOpen);
    const socket = await made.enter();
    assert.ok(socket);
    await once(socket.resume(), 'close');
    await made.shut();
  });

  test('is of neither of two devices that have it in one commit, and of the one that is left', async () => {
    await using made = await PortRig.start();
    const others = { 'pump-18': made.port };
    using _device = await FakeDevice.connect(made.rig, echo);
    await eventually(() => made.isOpen);
    const socket = await made.enter();
    assert.ok(socket);
    assert.equal(await answer(socket, 'x'), 'x');
    // Who it is the device alone is told; that somebody is in keeps the tunnel from being closed under them.
    const here = () =>
      made.rig.tunnels.presence.of('pump-17').map(({ operator, to }) => `${operator} in ${to}`);
    assert.deepEqual(here(), [`somebody in port ${made.port}`]);
    const cut = once(socket, 'close');
    await made.publish({ others });
    await cut;
    await eventually(() => here().length === 0);
    assert.equal(await made.enter(), undefined);
    const why = `${made.port} is the port of pump-17 and of pump-18: of neither`;
    assert.deepEqual(made.state, { devicePorts: { open: [], refused: [{ device: 'pump-17', why }] } });
    const { who, outcome, code, message } = made.rig.audits.find(event => event.code !== undefined) ?? {};
    assert.deepEqual(
      { who, outcome, code, message },
      { who: 'pump-17', outcome: 'refused', code: 'ACCESS_PORT_CLOSED', message: why },
    );
    await made.publish({});
    await made.entered();
  });

  for (const [name, fleet, why] of [
    ['the tunnel has `allow`', { tunnel: openTunnel({}, { allow: ['alice'] }) }, /the tunnel has `allow`/],
    ['sessions are recorded', { access: { record: 'on' } }, /`access.record` is on/],
    ['recording is required', { access: { record: 'required' } }, /`access.record` is required/],
    ['it is outside of the range', { ports: { from: 1024, to: 1025 } }, /outside of `tunnels.ports`/],
    ['the fleet has no range', { ports: undefined }, /no `tunnels.ports`/],
  ] satisfies [string, AccessFleet, RegExp][]) {
    test(`is not opened where ${name}`, async () => {
      await using made = await PortRig.start(fleet);
      using _device = await FakeDevice.connect(made.rig, echo);
      await eventually(() => why.test(JSON.stringify(made.state)));
      assert.equal(await made.enter(), undefined);
      assert.ok(made.rig.audits.some(({ code }) => code === 'ACCESS_PORT_CLOSED'));
    });
  }

  test('leads to the newest connection of its device, at once', async () => {
    await using made = await PortRig.start();
    const named = (name: string) => (stream: Duplex) => void stream.on('error', () => {}).write(name);
    using _old = await FakeDevice.connect(made.rig, named('old'));
    await eventually(() => made.isOpen);
    const first = await made.enter();
    assert.ok(first);
    assert.equal(String((await once(first, 'data'))[0]), 'old');
    const cut = once(first, 'close');
    using _new = await FakeDevice.connect(made.rig, named('new'));
    await cut;
    const second = await made.entered();
    assert.equal(String((await once(second, 'data'))[0]), 'new');
  });

  test('gives one address its share, and the others theirs', async () => {
    await using made = await PortRig.start();
    using _device = await FakeDevice.connect(made.rig, echo);
    await eventually(() => made.isOpen);
    const sockets: Socket[] = [];
    for (let count = 0; count < 12; count += 1) {
      const socket = await made.enter();
      assert.ok(socket);
      assert.equal(await answer(socket, 'x'), 'x');
      sockets.push(socket);
    }
    const tooMany = await made.enter();
    assert.ok(tooMany);
    await once(tooMany.resume(), 'close');
    assert.ok(made.rig.audits.some(({ code }) => code === 'GATEWAY_RATE_LIMITED'));
    sockets.pop()?.destroy();
    for (let one = ''; one !== 'y'; ) {
      const socket = await made.entered();
      socket.write('y');
      const said = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      one = String(said[0]);
    }
    for (const socket of sockets) socket.destroy();
  });

  test('that another program has is shown, and its device’s tunnel stays', async () => {
    await using made = await PortRig.start();
    const other = createServer().listen(made.port, '127.0.0.1');
    await once(other, 'listening');
    using _device = await FakeDevice.connect(made.rig, echo);
    await eventually(() => JSON.stringify(made.state).includes('EADDRINUSE'));
    assert.equal(made.rig.tunnels.list().length, 1);
    other.close();
  });
});

async function startSshdForUse() {
  const sshd = await startSshd();
  return { ...sshd, [Symbol.asyncDispose]: () => sshd.stop() };
}
