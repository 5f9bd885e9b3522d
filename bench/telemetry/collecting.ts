/**
 * What it costs the agent to collect 100,000 lines that a container has written: from the engine's file, by the engine's API, and
 * by that with the demultiplexer that dockerode brings, everything else being the same: lines, records, segments. And what they
 * are on the wire.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createEngine } from '../../agent/runtime/engine/engine.ts';
import { ensureEngine } from '../../lab/machine/engine.ts';
import { ImageMaker } from '../../lab/machine/images.ts';
import { asShipped } from '../as-shipped.ts';
import { type BenchFigure, figure, inTurn } from '../figure.ts';
import { logLines } from './log-lines.ts';

const lines = 100_000;
const image = 'towline-bench/once:1';
const device = 'bench-logs';

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

  async [Symbol.asyncDispose](): Promise<void> {
    // While a child was waited for nobody heard that the engine has closed a connection.
    await wait(200);
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
}
