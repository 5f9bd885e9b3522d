/**
 * A backup against what a person types: `tar | zstd` in the same helper, of a volume of 1 GB in 100,000 files. CPU is that of
 * the container, by its cgroup, and for ours that of the agent beside it.
 */
import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { runHelper } from '../../agent/backup/data-container.ts';
import { ensureEngine } from '../../lab/machine/engine.ts';
import { DeviceRig } from '../../lab/rig/device-rig.ts';
import { type BenchFigure, figure, inTurn, median } from '../figure.ts';
import { grouped } from './grouped-engine.ts';
import { keptApp } from './kept-app.ts';

const files = Number(process.env.TOWLINE_BENCH_FILES ?? 100_000);
const bytesPerFile = 10_240;
const parent = `towline-bench-${process.pid}`;

/** With engines' both kinds of hierarchy. */
const usagePlaces: readonly (readonly [file: string, milliseconds: (content: string) => number])[] = [
  [`/sys/fs/cgroup/cpuacct/${parent}/cpuacct.usage`, content => Number(content) / 1e6],
  [`/sys/fs/cgroup/${parent}/cpu.stat`, content => Number(/^usage_usec (\d+)/m.exec(content)?.[1]) / 1e3],
];

/** Milliseconds of all containers so far. */
function spent(): number {
  const place = usagePlaces.find(([file]) => existsSync(file));
  return place === undefined ? 0 : place[1](readFileSync(place[0], 'utf8'));
}

/** Half of each file is random, and half is the same word again and again: a database compresses about as well. */
function fill(place: string): void {
  for (let at = 0; at < files; at++) {
    const folder = path.join(place, String(at % 100));
    if (at < 100) mkdirSync(folder);
    const half = randomFillSync(Buffer.alloc(bytesPerFile / 2));
    writeFileSync(
      path.join(folder, `file-${at}`),
      Buffer.concat([half, Buffer.alloc(bytesPerFile / 2, 'row ')]),
    );
  }
}

interface Ours {
  readonly cpuMs: number;
  readonly seconds: number;
  /** Of the agent's process, bytes. */
  readonly peakBytes: number;
  /** Of the helper's processes, as looked at now and then, bytes. */
  readonly helperBytes: number;
}

interface Seat {
  readonly rig: DeviceRig;
  readonly image: string;
  /** Of the engine. */
  readonly socket: string;
  readonly signal: AbortSignal;
}

class Kept {
  readonly #seat: Seat;
  #release = 1;

  constructor(seat: Seat) {
    this.#seat = seat;
  }

  /** By a process of its own, as an agent is one. */
  async ours(): Promise<Ours> {
    const { rig, image, socket, signal } = this.#seat;
    const { device, project, stateDirectory } = rig;
    this.#release += 1;
    const input = {
      device,
      project,
      stateDirectory,
      image,
      release: this.#release,
      cgroup: parent,
    };
    const file = path.join(stateDirectory, 'input.json');
    writeFileSync(file, JSON.stringify(input));
    const before = spent();
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'agent-child.ts'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TOWLINE_ENGINE_SOCKET: socket },
      signal,
    });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    if (code !== 0) throw new Error(`the agent ended with ${code}`);
    const { cpuMs, ...others } = JSON.parse(said) as Ours;
    rmSync(path.join(rig.room.backupDirectory, project), { recursive: true, force: true });
    return { ...others, cpuMs: cpuMs + spent() - before };
  }

  /** What a person types. */
  async byHand(): Promise<{ cpuMs: number; seconds: number }> {
    const { rig, signal } = this.#seat;
    const out = path.join(rig.stateDirectory, 'by-hand');
    mkdirSync(out, { mode: 0o777 });
    const before = spent();
    const beganMs = performance.now();
    const host = {
      engine: grouped(rig.engine, parent),
      owner: { device: rig.device, fleet: 'rig' },
      room: rig.room,
    };
    const command = '/bin/tar -C /data -c . | /bin/zstd -q -T1 -3 >/out/data.tar.zst';
    const { exitCode } = await runHelper(
      host,
      {
        name: 'by-hand',
        command: ['/bin/sh', '-c', command],
        binds: [`${rig.project}_data:/data:ro`, `${out}:/out`],
        capabilities: ['DAC_READ_SEARCH', 'DAC_OVERRIDE'],
        memoryBytes: 96 * 1024 * 1024,
        timeoutMs: 600_000,
      },
      signal,
    );
    if (exitCode !== 0) throw new Error(`tar | zstd ended with ${exitCode}`);
    rmSync(out, { recursive: true });
    return { cpuMs: spent() - before, seconds: (performance.now() - beganMs) / 1000 };
  }
}

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const engine = await ensureEngine();
  try {
    yield* measured(engine.socket, signal);
  } finally {
    await engine.stop();
  }
}

async function* measured(socket: string, signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await using rig = new DeviceRig(socket, 'towline.invalid');
  const image = await rig.images.kept('worker');
  await rig.pass([keptApp(rig.project, image, 1)]);
  const volume = `/volumes/${rig.project}_data`;
  const { Mountpoint } = await rig.engine.call<{ Mountpoint: string }>(
    { method: 'GET', path: volume },
    signal,
  );
  fill(Mountpoint);
  const kept = new Kept({ rig, image, socket, signal });
  const ours: Ours[] = [];
  const peers: number[] = [];
  const [cpu, peerCpu] = await inTurn(
    async () => {
      const one = await kept.ours();
      ours.push(one);
      return one.cpuMs;
    },
    async () => {
      const one = await kept.byHand();
      peers.push(one.seconds);
      return one.cpuMs;
    },
  );
  const what = `backup of ${(files * bytesPerFile) / 1e9} GB in ${files} files`;
  const bar = { of: 'ratio', is: '<=', limit: 1.2 } as const;
  yield figure(`${what}, agent and helper, against tar | zstd by hand`, 'CPU ms', cpu, peerCpu, bar);
  const seconds = median(ours.slice(1).map(one => one.seconds));
  yield figure(`${what}, against tar | zstd by hand`, 's', seconds, median(peers.slice(1)), bar);
  const megabytes = Math.max(...ours.map(({ peakBytes, helperBytes }) => peakBytes + helperBytes)) / 1e6;
  yield figure(`${what}: peak of agent and helper together`, 'MB', megabytes, null, {
    of: 'ours',
    is: '<=',
    limit: 150,
  });
}
