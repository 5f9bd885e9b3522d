/**
 * `npm run bench -- hints`: devices that hold a hint stream each over real mutual TLS, one commit that has to reach all of
 * them, and all of them coming back at once after a SIGKILL of the gateway. 10,000, or as many as
 * TOWLINE_BENCH_DEVICES says; `npm run bench -- git` has these figures, too, unless that is 0.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type BenchFigure, figure } from './figure.ts';
import { HintClient } from './simulator/hint-client.ts';
import { cpuSeconds, peakResidentBytes, residentBytes } from './simulator/process-tree.ts';
import { SimulatedFleet } from './simulator/simulated-fleet.ts';
import { recordClientHello, StalledSockets } from './simulator/stalled-sockets.ts';

/** Handshakes that the simulator has under way when the fleet first connects; after a restart all come at once. */
const openingAtOnce = 50;
const stalledOfAKind = 500;
const kilo = 1000;
const mega = 1024 * 1024;

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  yield* hintStreams(hintDevices(), signal);
}

export function hintDevices(): number {
  return Number(process.env.TOWLINE_BENCH_DEVICES ?? 10_000);
}

export async function* hintStreams(count: number, signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await using fleet = new SimulatedFleet(count, count);
  await fleet.startGateway();
  const clients = fleet.devices.map(device => new HintClient(device));
  try {
    const opening = yield* held(fleet, clients, signal);
    yield* told(fleet, clients, opening, signal);
    const backMs = yield* restarted(fleet, clients, opening, signal);
    yield* besieged(fleet, clients, backMs, signal);
  } finally {
    for (const client of clients) client.close();
  }
}

/** What it takes this machine to open all streams in good order: what comes later is held against it. */
interface Opening {
  readonly ms: number;
  /** Of the gateway, for each. */
  readonly cpuMs: number;
}

async function* held(
  fleet: SimulatedFleet,
  clients: readonly HintClient[],
  signal: AbortSignal,
): AsyncGenerator<BenchFigure, Opening> {
  const { pid, port } = fleet.gateway;
  const before = residentBytes(pid);
  const cpuBefore = cpuSeconds(pid);
  const startMs = performance.now();
  const waiting = clients.values();
  await Promise.all(
    Array.from({ length: openingAtOnce }, async () => {
      for (const client of waiting) await client.open(port, signal);
    }),
  );
  const ms = performance.now() - startMs;
  const cpuMs = ((cpuSeconds(pid) - cpuBefore) * 1000) / clients.length;
  await wait(5000, undefined, { signal });
  const streams = await fleet.metric('towline_gateway_hint_streams');
  const name = `hint streams held, of ${clients.length}`;
  yield figure(name, '', streams, null, { of: 'ours', is: '>=', limit: clients.length });
  const each = (residentBytes(pid) - before) / clients.length / kilo;
  yield figure('gateway resident memory for each of them', 'kB', each, null, {
    of: 'ours',
    is: '<=',
    limit: 100,
  });
  return { ms, cpuMs };
}

async function* told(
  fleet: SimulatedFleet,
  clients: readonly HintClient[],
  opening: Opening,
  signal: AbortSignal,
) {
  const heard = clients.map(client => client.hints);
  const start = performance.now();
  fleet.commit('apiVersion: towline/v1\nlabels: { site: told }\n');
  const isTold = (client: HintClient, index: number) => client.hints > (heard[index] ?? 0);
  while (!clients.every(isTold) && performance.now() - start < 60_000) {
    await wait(50, undefined, { signal });
  }
  const last = Math.max(...clients.map(client => client.heardAt)) - start;
  const reached = clients.filter(isTold).length;
  yield figure('devices that one commit reaches', '', reached, null, {
    of: 'ours',
    is: '>=',
    limit: clients.length,
  });
  const lastOne = 'commit made until the last one is told (peer: until all had opened their streams)';
  yield figure(lastOne, 'ms', last, opening.ms, { of: 'ratio', is: '<=', limit: 0.25 });
}

/** SIGKILL, and a new one on the same port. */
async function restart(fleet: SimulatedFleet, clients: readonly HintClient[], signal: AbortSignal) {
  await fleet.killGateway();
  while (clients.some(client => client.isOpen)) await wait(100, undefined, { signal });
  await fleet.startGateway();
}

async function* restarted(
  fleet: SimulatedFleet,
  clients: readonly HintClient[],
  opening: Opening,
  signal: AbortSignal,
): AsyncGenerator<BenchFigure, number> {
  await restart(fleet, clients, signal);
  const start = performance.now();
  const { pid, port } = fleet.gateway;
  const before = residentBytes(pid);
  const cpuBefore = cpuSeconds(pid);
  const tries = await Promise.all(clients.map(client => client.comeBack(port, signal)));
  const { length } = tries;
  yield figure('devices back after a kill of the gateway', '', length, null, {
    of: 'ours',
    is: '>=',
    limit: clients.length,
  });
  const backMs = performance.now() - start;
  const lastOne = 'started until the last one is back (peer: until all had opened their streams)';
  yield figure(lastOne, 'ms', backMs, opening.ms, { of: 'ratio', is: '<=', limit: 10 });
  const cost = ((cpuSeconds(pid) - cpuBefore) * 1000) / length;
  const each = 'gateway CPU for each that comes back (peer: for each that opened its stream)';
  yield figure(each, 'ms', cost, opening.cpuMs, { of: 'ratio', is: '<=', limit: 4 });
  yield figure('most tries of one of them', '', Math.max(...tries), null, {
    of: 'ours',
    is: '<=',
    limit: 20,
  });
  const peak = (peakResidentBytes(pid) - before) / length / kilo;
  yield figure('gateway peak memory for each while they come', 'kB', peak, null, {
    of: 'ours',
    is: '<=',
    limit: 200,
  });
  yield figure('gateway peak memory, all in all', 'MiB', peakResidentBytes(pid) / mega, null, {
    of: 'ours',
    is: '<=',
    limit: peakBarMiB(length),
  });
  return backMs;
}

/** The same again, beside sockets of another address that take what places they can get. */
async function* besieged(
  fleet: SimulatedFleet,
  clients: readonly HintClient[],
  backMs: number,
  signal: AbortSignal,
) {
  await restart(fleet, clients, signal);
  const { pid, port } = fleet.gateway;
  using stalled = new StalledSockets(port, '127.0.0.2');
  stalled.open(stalledOfAKind);
  stalled.open(stalledOfAKind, await recordClientHello());
  await wait(1000, undefined, { signal });
  const start = performance.now();
  const tries = await Promise.all(clients.map(client => client.comeBack(port, signal)));
  const besiegedMs = performance.now() - start;
  const beside = `beside ${stalledOfAKind} silent sockets and ${stalledOfAKind} that stop half-way`;
  yield figure(`devices back after a kill, ${beside}`, '', tries.length, null, {
    of: 'ours',
    is: '>=',
    limit: clients.length,
  });
  const alone = `until the last one is back, ${beside} (peer: without them)`;
  yield figure(alone, 'ms', besiegedMs, backMs, { of: 'ratio', is: '<=', limit: 3 });
  yield figure('gateway peak memory meanwhile', 'MiB', peakResidentBytes(pid) / mega, null, {
    of: 'ours',
    is: '<=',
    limit: peakBarMiB(tries.length),
  });
}

function peakBarMiB(devices: number): number {
  return 256 + (200 * devices) / 1024;
}
