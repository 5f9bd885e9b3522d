/**
 * `npm run bench -- git`: git at the size of a fleet. The gateway's git side beside git http-backend behind nginx and git
 * receive-pack; what a fetch costs a device beside native git; hint streams, merge to running and the agent's memory, which
 * are benchmarks of their own, too. TOWLINE_BENCH_DEVICES says how many streams; 0 leaves out these three.
 */
import { bench as agentBench } from './agent.ts';
import type { BenchFigure } from './figure.ts';
import { openClients } from './git/clients.ts';
import { deviceFetch } from './git/device-fetch.ts';
import { fetches } from './git/fetches.ts';
import { fold } from './git/fold.ts';
import { handshakes } from './git/handshakes.ts';
import { polls } from './git/polls.ts';
import { pushes } from './git/pushes.ts';
import { hintDevices, hintStreams } from './hints.ts';
import { bench as mergeBench } from './merge.ts';
import { SimulatedFleet } from './simulator/simulated-fleet.ts';

const connections = 100;

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  yield* gitSide(signal);
  signal.throwIfAborted();
  yield* pushes();
  signal.throwIfAborted();
  yield* fold(signal);
  signal.throwIfAborted();
  if (hintDevices() === 0) return;
  yield* hintStreams(hintDevices(), signal);
  signal.throwIfAborted();
  yield* mergeBench(signal);
  signal.throwIfAborted();
  yield* agentBench(signal);
}

async function* gitSide(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await using fleet = new SimulatedFleet(10_000, 500);
  await fleet.startGateway();
  const hasPeer = await fleet.startPeer();
  const devices = fleet.devices.slice(0, connections);
  const ours = await openClients(fleet.gateway.port, devices);
  const theirs =
    hasPeer && fleet.peer !== undefined ? await openClients(fleet.peer.port, devices) : undefined;
  yield* polls(fleet, ours, theirs);
  signal.throwIfAborted();
  yield* fetches(fleet, ours, theirs);
  for (const client of [...ours, ...(theirs ?? [])]) client.close();
  signal.throwIfAborted();
  yield* deviceFetch(fleet);
  signal.throwIfAborted();
  yield* handshakes(fleet);
}
