/**
 * What it costs the agent to collect 100,000 lines that a container has written: from the engine's file, by the engine's API, and
 * by that with the demultiplexer that dockerode brings, everything else being the same: lines, records, segments. And what they
 * are on the wire.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createEngine } from '../../agent/runtime/engine/engine.ts';
import { ensureEngine } from '../../lab/machine/engine.ts';
import { ImageMaker } from '../../lab/machine/images.ts';
import { asShipped, residentMiB } from '../as-shipped.ts';
import { type BenchFigure, figure, inTurn, median } from '../figure.ts';
import { logLines } from './log-lines.ts';

const lines = 100_000;
const image = 'towline-bench/once:1';
const device = 'bench-logs';
/** Of lines that come at a thousand a second. An hour with TOWLINE_BENCH_LONG=1. */
const isLong = process.env.TOWLINE_BENCH_LONG === '1';
const flatMs = isLong ? 3_600_000 : 60_000;
const settledMs = 15_000;

export interface Collected {
  readonly cpuMs: number;
  readonly lines: number;
  readonly rawBytes: number;
  readonly wireBytes: number;
}

export class LogBench implements AsyncDisposable {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'towline-bench-logs-'));
  readonly #engine: Awaited<ReturnType<typeof ensureEngine>>;
  readonly #signal: AbortSignal;

  private constructor(engine: Awaited<ReturnType<typeof ensureEngine>>, signal: AbortSignal) {
    this.#engine = engine;
    this.#signal = signal;
  }

  static async start(signal: AbortSignal): Promise<LogBench> {
    const engine = await ensureEngine();
    await new ImageMaker(engine.socket, 'towline.invalid').build(image, 'one-shot', '1');
    const bench = new LogBench(engine, signal);
    writeFileSync(path.join(bench.#folder, 'lines'), logLines(lines));
    writeFileSync(path.join(bench.#folder, 'hundred'), logLines(100));
    return bench;
  }

  /** @returns its id; it has started */
  async container(script: string): Promise<string> {
    const engine = createEngine(this.#engine.socket);
    const body = {
      Image: image,
      Cmd: ['/bin/sh', '-c', script],
      Labels: { 'io.towline.device': device, 'io.towline.project': 'bench', 'io.towline.service': 'logs' },
      HostConfig: {
        NetworkMode: 'none',
        Binds: [`${this.#folder}:/lines:ro`],
        LogConfig: { Type: 'json-file', Config: {} },
      },
    };
    const { Id } = await engine.call<{ Id: string }>(
      { method: 'POST', path: '/containers/create', body },
      this.#signal,
    );
    await engine.call({ method: 'POST', path: `/containers/${Id}/start` }, this.#signal);
    return Id;
  }

  async ended(id: string): Promise<void> {
    await createEngine(this.#engine.socket).call(
      { method: 'POST', path: `/containers/${id}/wait` },
      this.#signal,
    );
  }

  /** A process with the agent's own options. */
  #command(way: string, id: string): { command: string; words: string[]; environment: NodeJS.ProcessEnv } {
    const { nodeOptions, environment } = asShipped();
    const child = path.join(import.meta.dirname, 'collecting-child.ts');
    const words = [
      ...nodeOptions,
      '--disable-warning=ExperimentalWarning',
      child,
      way,
      this.#engine.socket,
      id,
      device,
    ];
    return { command: process.execPath, words, environment: { ...process.env, ...environment } };
  }

  collect(way: 'file' | 'engine' | 'dockerode', id: string): Collected {
    const { command, words, environment } = this.#command(way, id);
    const said = execFileSync(command, words, { encoding: 'utf8', env: environment });
    const collected: Collected = JSON.parse(said.trim().split('\n').at(-1) ?? '');
    if (collected.lines !== lines) throw new Error(`${way}: ${collected.lines} of ${lines} lines`);
    return collected;
  }

  /** Resident memory while lines come, MB: a while after the beginning, and at the end. */
  async resident(way: 'follow-file' | 'follow-engine', id: string): Promise<{ early: number; late: number }> {
    const { command, words, environment } = this.#command(way, id);
    const child = spawn(command, words, { env: environment, stdio: 'ignore' });
    try {
      const reading = () => (residentMiB(child.pid) * 2 ** 20) / 1e6;
      const readings = async (forMs: number) => {
        const values: number[] = [];
        for (let at = 0; at < 10; at += 1) {
          await setTimeout(forMs / 10, undefined, { signal: this.#signal });
          values.push(reading());
        }
        return median(values);
      };
      await setTimeout(settledMs, undefined, { signal: this.#signal });
      const early = await readings(5_000);
      await setTimeout(flatMs - settledMs - 10_000, undefined, { signal: this.#signal });
      return { early, late: await readings(5_000) };
    } finally {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const engine = createEngine(this.#engine.socket);
    const signal = new AbortController().signal;
    const query = { all: true, filters: JSON.stringify({ label: [`io.towline.device=${device}`] }) };
    const found = await engine.call<{ Id: string }[]>(
      { method: 'GET', path: '/containers/json', query },
      signal,
    );
    for (const { Id } of found)
      await engine.call({ method: 'DELETE', path: `/containers/${Id}`, query: { force: true } }, signal);
    await this.#engine.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function* collecting(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await using bench = await LogBench.start(signal);
  const id = await bench.container('cat /lines/lines');
  await bench.ended(id);
  const cpu = (way: 'file' | 'engine' | 'dockerode') => async () => bench.collect(way, id).cpuMs;
  const peer = "peer: the engine's API with dockerode's demultiplexer";
  const [file, dockerode] = await inTurn(cpu('file'), cpu('dockerode'));
  yield figure(`CPU of 100,000 lines from the engine's file (${peer})`, 'ms', file, dockerode, {
    of: 'ratio',
    is: '<=',
    limit: 0.5,
  });
  const [engine, again] = await inTurn(cpu('engine'), cpu('dockerode'));
  yield figure(`CPU of 100,000 lines by the engine's API (${peer})`, 'ms', engine, again, {
    of: 'ratio',
    is: '<=',
    limit: 0.9,
  });
  const { rawBytes, wireBytes } = bench.collect('file', id);
  const share = wireBytes / rawBytes;
  yield figure('bytes of full segments for each byte of text', '', share, null, {
    of: 'ours',
    is: '<=',
    limit: 0.2,
  });

  const talking = await bench.container('while :; do cat /lines/hundred; sleep 0.1; done');
  const span = isLong ? 'an hour' : 'a minute';
  for (const way of ['follow-file', 'follow-engine'] as const) {
    const { early, late } = await bench.resident(way, talking);
    const what = `resident memory after ${span} of 1,000 lines/s, ${way === 'follow-file' ? 'from the file' : 'by the API'} (peer: itself after 15 s)`;
    yield figure(what, 'MB', late, early, { of: 'ratio', is: '<=', limit: 1.1 });
  }
}
