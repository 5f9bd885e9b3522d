/** Reconciling twenty services, beside docker compose 2.26 on the same engine. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { watchEngine } from '../agent/runtime/engine/engine-events.ts';
import { Inspections } from '../agent/runtime/engine/inspections.ts';
import { createSystemClock } from '../core/io/system-clock.ts';
import { composePeer } from '../lab/machine/compose-peer.ts';
import { ensureEngine } from '../lab/machine/engine.ts';
import { makeProject } from '../lab/rig/desired.ts';
import { DeviceRig } from '../lab/rig/device-rig.ts';
import { type BenchFigure, figure, inTurn, median } from './figure.ts';

const serviceCount = 20;
const image = 'towline-bench/worker:1';
/** Nearly all of an `up` is the engine's own work, which varies by a tenth: odd, so that either begins as often. */
const rounds = 9;

function services(level: string) {
  return Object.fromEntries(
    Array.from({ length: serviceCount }, (_, index) => [
      `s${String(index).padStart(2, '0')}`,
      { image, environment: { LEVEL: index === 0 ? level : 'info' } },
    ]),
  );
}

async function timed(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

class Peer {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-bench-'));
  readonly #program = composePeer('trixie');
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  write(level: string): void {
    writeFileSync(path.join(this.folder, 'compose.yaml'), JSON.stringify({ services: services(level) }));
  }

  run(...parameters: string[]): void {
    const { status, stderr } = spawnSync(this.#program, ['-p', 'towlinebenchpeer', ...parameters], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: this.folder, DOCKER_HOST: `unix://${this.#socket}` },
    });
    if (status !== 0) throw new Error(`the peer failed: ${stderr}`);
  }
}

/** Medians of ours and the peer's; the bars are those of the compose brief. */
export async function* bench(signal: AbortSignal): AsyncIterable<BenchFigure> {
  // One engine for us and the peer: what answers, or one of our own.
  const engine = await ensureEngine();
  try {
    await using rig = new DeviceRig(engine.socket, 'towline.invalid');
    yield* reconciling(rig, new Peer(engine.socket), signal);
  } finally {
    await engine.stop();
  }
}

async function* reconciling(rig: DeviceRig, peer: Peer, signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await rig.images.build(image, 'worker', '1');
  const project = (level: string) =>
    makeProject(rig.project, { services: services(level), update: { stablePeriodMs: 0 } });
  const inspections = new Inspections();
  const watching = new AbortController();
  const watched = watchEngine({
    engine: rig.engine,
    device: rig.device,
    inspections,
    clock: createSystemClock(),
    onChange: () => undefined,
    signal: AbortSignal.any([signal, watching.signal]),
  });
  const ours = (level: string) => () => rig.pass([project(level)], {}, inspections);
  const up: [number[], number[]] = [[], []];
  const down: [number[], number[]] = [[], []];
  try {
    for (let round = 0; round < rounds; round++) {
      signal.throwIfAborted();
      peer.write('info');
      const turns = [
        async () => {
          up[0].push(await timed(ours('info')));
          if (round < rounds - 1) down[0].push(await timed(() => rig.pass([])));
        },
        async () => {
          up[1].push(await timed(() => peer.run('up', '-d')));
          if (round < rounds - 1) down[1].push(await timed(() => peer.run('down', '-t', '10')));
        },
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    yield figure(`up of ${serviceCount} services`, 'ms', median(up[0]), median(up[1]), {
      of: 'ratio',
      is: '<=',
      limit: 1,
    });
    yield figure(`down of ${serviceCount} services`, 'ms', median(down[0]), median(down[1]), {
      of: 'ratio',
      is: '<=',
      limit: 1,
    });
    // The events of what was just started have to be through.
    await delay(1000);
    const idle = await inTurn(
      () => timed(ours('info')),
      () => timed(() => peer.run('up', '-d')),
      7,
    );
    yield figure(`no-op of ${serviceCount} services, warm`, 'ms', ...idle, {
      of: 'ratio',
      is: '<=',
      limit: 0.25,
    });
    let level = 0;
    const change = await inTurn(
      () => timed(ours(`ours${level++}`)),
      () =>
        timed(() => {
          peer.write(`peer${level}`);
          peer.run('up', '-d');
        }),
    );
    yield figure(`change 1 of ${serviceCount} services`, 'ms', ...change, {
      of: 'ratio',
      is: '<=',
      limit: 1,
    });
  } finally {
    peer.run('down', '-t', '10');
    rmSync(peer.folder, { recursive: true, force: true });
    watching.abort();
    await watched;
  }
}
