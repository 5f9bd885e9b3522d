/**
 * 10,000 devices with an open tunnel each, or as many as TOWLINE_BENCH_DEVICES says: what they cost the gateway while nobody
 * comes, and when a tenth of them comes back at once. Their connections are bare TCP: what TLS costs beside it, hints show.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { makeSshPrivateKey, readSshPrivateKey } from '../../core/io/openssh-key.ts';
import { sshAlgorithms } from '../../core/io/ssh/ssh-algorithms.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { InProcessBus } from '../../gateway/bus/in-process.ts';
import { FleetView } from '../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../gateway/fleet/fleet-view-holder.ts';
import { TunnelRegistry } from '../../gateway/tunnel/tunnel-registry.ts';
import { openTunnel } from '../../lab/rig/tunnel-fleet.ts';
import { type Bench, figure } from '../figure.ts';
import { cpuSeconds, residentBytes } from '../simulator/process-tree.ts';

const count = Number(process.env.TOWLINE_BENCH_DEVICES ?? 10_000);
const atOnce = 50;
const idleMs = 60_000;
const keepaliveMs = 20_000;
const nameBytes = 9;

interface SimulatedTunnel {
  readonly id: string;
  readonly key: string;
  socket?: Socket;
}

export const bench: Bench = async function* (signal) {
  const gateway = fork(import.meta.filename, ['gateway', String(count)], { signal, stdio: 'inherit' });
  gateway.on('error', () => {});
  const devices: SimulatedTunnel[] = [];
  try {
    const [ready] = (await once(gateway, 'message')) as [{ port: number; keys: readonly string[] }];
    for (const [index, key] of ready.keys.entries()) devices.push({ id: nameOf(index), key });
    const pid = gateway.pid ?? 0;
    const restingBytes = residentBytes(pid);
    const opening = await measured(pid, () => attachAll(devices, ready.port, signal));
    await wait(10_000, undefined, { signal });
    const each = (residentBytes(pid) - restingBytes) / devices.length / 1000;
    const work = `gateway memory for each of ${devices.length} idle tunnels`;
    yield figure(work, 'kB', each, null, { of: 'ours', is: '<=', limit: 50 });
    const idle = await measured(pid, () => wait(idleMs, undefined, { signal }));
    const percent = (idle.cpuMs / idleMs) * 100 * (10_000 / devices.length);
    yield figure('a core’s time for 10,000 of them, of a hundred', '', percent, null, {
      of: 'ours',
      is: '<=',
      limit: 20,
    });

    const back = devices.slice(0, Math.ceil(devices.length / 10));
    for (const { socket } of back) socket?.destroy();
    const returning = await measured(pid, () =>
      Promise.all(back.map(one => attach(one, ready.port, signal))),
    );
    const thousand = 1000 / back.length;
    yield figure('gateway CPU for 1,000 that come back at once', 'CPU ms', returning.cpuMs * thousand, null, {
      of: 'ours',
      is: '<=',
      limit: 8000,
    });
    const inOrder = (opening.ms * back.length) / devices.length;
    yield figure(
      `${back.length} come back at once (peer: as many, ${atOnce} at a time)`,
      'ms',
      returning.ms,
      inOrder,
      {
        of: 'ratio',
        is: '<=',
        limit: 2,
      },
    );
  } finally {
    for (const { socket } of devices) socket?.destroy();
    gateway.disconnect();
  }
};

async function measured(pid: number, work: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
  const cpuBefore = cpuSeconds(pid);
  const started = performance.now();
  await work();
  return { ms: performance.now() - started, cpuMs: (cpuSeconds(pid) - cpuBefore) * 1000 };
}

async function attachAll(devices: readonly SimulatedTunnel[], port: number, signal: AbortSignal) {
  const waiting = devices.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const one of waiting) await attach(one, port, signal);
    }),
  );
}

/** As an agent does: login with the device's key, two targets offered, keepalives. */
async function attach(device: SimulatedTunnel, port: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  device.socket = socket;
  socket.write(device.id);
  const client = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).on('error', reject);
    client.connect({
      sock: socket,
      username: device.id,
      privateKey: device.key,
      hostVerifier: () => true,
      algorithms: sshAlgorithms,
      keepaliveInterval: keepaliveMs,
      readyTimeout: 120_000,
    });
  });
  for (const name of ['towline', 'ssh']) {
    await new Promise<void>((resolve, reject) => {
      client.forwardIn(name, 22, error => (error ? reject(error) : resolve()));
    });
  }
}

const nameOf = (index: number) => `dev-${String(index).padStart(nameBytes - 4, '0')}`;

/** The gateway's side, in a process of its own; ends when the bench does. */
async function serve(size: number): Promise<void> {
  const keys = Array.from({ length: size }, (_, index) => makeSshPrivateKey(nameOf(index)));
  const tunnel = openTunnel({ ssh: 22 });
  const view = new FleetView({
    commit: '0'.repeat(40),
    fleet: undefined,
    devices: keys.map((key, index) => ({
      id: nameOf(index),
      file: {
        apiVersion: 'towline/v1',
        keys: { tls: `not-used-here-${index}`, ssh: readSshPrivateKey(key).publicLine },
      },
      groups: [],
      labels: {},
    })),
    operators: [],
    desiredTunnel: () => tunnel,
  });
  const tunnels = new TunnelRegistry({
    view: new FleetViewHolder(view),
    bus: new InProcessBus(),
    hostKeys: [makeSshPrivateKey('gateway')],
    audit: { write: () => {} },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    clock: createSystemClock(),
  });
  const server = createServer(socket => {
    socket.once('readable', () => {
      const name: Buffer | null = socket.read(nameBytes);
      tunnels.accept(socket, name?.toString() ?? '');
    });
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  process.send?.({ port: (server.address() as AddressInfo).port, keys });
  await once(process, 'disconnect');
  process.exit();
}

if (import.meta.main && process.argv[2] === 'gateway') await serve(Number(process.argv[3]));
