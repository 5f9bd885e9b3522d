/** Prometheus, Alertmanager and VictoriaMetrics as Debian has them, each a process on a port of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitUntil } from '../../../../lab/fleet/wait-until.ts';
import { type DebianProgram, debianProgram } from '../../../../lab/machine/debian-program.ts';
import { freePort } from '../../../../lab/machine/free-port.ts';

export interface ServerOptions {
  /** Its configuration, a file of that name in its folder. */
  readonly config?: { readonly name: string; readonly text: string };
  readonly parameters: (folder: string, address: string) => readonly string[];
  /** Answers 200 once it is there. */
  readonly ready: string;
}

export class DebianServer implements AsyncDisposable {
  readonly origin: string;
  readonly folder: string;
  readonly #process: ChildProcess;
  readonly #said: string[] = [];

  static async start(program: DebianProgram, options: ServerOptions): Promise<DebianServer> {
    const address = `127.0.0.1:${await freePort()}`;
    const server = new DebianServer(program, options, address);
    try {
      await waitUntil(
        `${program} to be ready`,
        async () => ((await fetch(`${server.origin}${options.ready}`)).ok ? true : undefined),
        { timeoutMs: 60_000, seen: () => server.#said.slice(-5) },
      );
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(program: DebianProgram, { config, parameters }: ServerOptions, address: string) {
    this.origin = `http://${address}`;
    this.folder = mkdtempSync(path.join(tmpdir(), `towline-${program}-`));
    if (config !== undefined) writeFileSync(path.join(this.folder, config.name), config.text);
    const file = debianProgram(program);
    // It finds its templates by an absolute path: in a mount namespace of its own they are there.
    const share = path.join(path.dirname(file), '../share');
    const inItsOwn = ['--mount', 'sh', '-c', 'mount --bind "$0" /usr/share && exec "$@"', share, file];
    const [command = '', ...rest] = program === 'alertmanager' ? ['unshare', ...inItsOwn] : [file];
    this.#process = spawn(command, [...rest, ...parameters(this.folder, address)], {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process.stderr?.on('data', (text: Buffer) => this.#said.push(String(text)));
  }

  /** What it has said, for a person. */
  get said(): string {
    return this.#said.join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @param config prometheus.yml */
export function startPrometheus(config: string): Promise<DebianServer> {
  return DebianServer.start('prometheus', {
    config: { name: 'prometheus.yml', text: config },
    parameters: (folder, address) => [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
      '--query.lookback-delta=1h',
    ],
    ready: '/-/ready',
  });
}

export function startVictoriaMetrics(): Promise<DebianServer> {
  return DebianServer.start('victoria-metrics', {
    parameters: (folder, address) => [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=${address}`,
      '-search.latencyOffset=0s',
    ],
    ready: '/health',
  });
}

export interface QueriedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** By Prometheus' API, which VictoriaMetrics speaks too. @throws Error with its words where the query is none */
export async function query(
  { origin }: Pick<DebianServer, 'origin'>,
  expression: string,
  timeMs?: number,
): Promise<QueriedSeries[]> {
  const asked = new URLSearchParams({
    query: expression,
    ...(timeMs === undefined ? {} : { time: String(timeMs / 1000) }),
  });
  const answer = await fetch(`${origin}/api/v1/query?${asked}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${expression}: ${text}`);
  const { data } = JSON.parse(text);
  return data.result;
}

/** @param config alertmanager.yml; without it nobody is told anything */
export function startAlertmanager(config = 'route: { receiver: a }\nreceivers: [{ name: a }]\n') {
  return DebianServer.start('alertmanager', {
    config: { name: 'alertmanager.yml', text: config },
    parameters: (folder, address) => [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    ready: '/-/ready',
  });
}
