/** VictoriaLogs and VictoriaMetrics, each a process on a port of its own that can be killed and started again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitUntil } from '../../../../lab/fleet/wait-until.ts';
import { Daemon } from '../../../../lab/machine/daemon.ts';
import { freePort } from '../../../../lab/machine/free-port.ts';
import { suiteProgram } from '../../../../lab/machine/suite-program.ts';
import { victoriaLogs } from '../../../../lab/machine/victoria-logs.ts';

export class Victoria implements AsyncDisposable {
  readonly url: string;
  readonly #program: string;
  readonly #folder: string;
  readonly #parameters: readonly string[];
  #daemon: Daemon | undefined;

  static async logs(parameters: readonly string[] = []): Promise<Victoria> {
    return await Victoria.#start(victoriaLogs(), parameters);
  }

  /** Of trixie: bookworm's has no OTLP. */
  static async metrics(): Promise<Victoria> {
    const program = suiteProgram('trixie', 'victoria-metrics', 'usr/bin/victoria-metrics');
    return await Victoria.#start(program, ['-search.latencyOffset=0s']);
  }

  static async #start(program: string, parameters: readonly string[]): Promise<Victoria> {
    const address = `127.0.0.1:${await freePort()}`;
    const own = [`-httpListenAddr=${address}`, '-retentionPeriod=100y', ...parameters];
    const server = new Victoria(program, own, address);
    await server.start();
    return server;
  }

  private constructor(program: string, parameters: readonly string[], address: string) {
    this.#program = program;
    this.#folder = mkdtempSync(path.join(tmpdir(), 'towline-victoria-'));
    this.#parameters = [`-storageDataPath=${path.join(this.#folder, 'data')}`, ...parameters];
    this.url = `http://${address}`;
  }

  async start(): Promise<void> {
    const log = path.join(this.#folder, 'log');
    const daemon = new Daemon({ command: this.#program, arguments: this.#parameters, log });
    this.#daemon = daemon;
    const isReady = async () => (await fetch(`${this.url}/health`).catch(() => undefined))?.ok === true;
    if (!(await daemon.until(isReady, 60_000))) throw new Error(daemon.lastWords());
  }

  async kill(): Promise<void> {
    this.#daemon?.signal('SIGKILL');
    await this.#daemon?.ended();
  }

  /** Rows that a LogsQL query finds. What was taken can be found a second later. @param least how many there will be */
  async rows(query: string, least: number): Promise<Record<string, string>[]> {
    return await waitUntil(
      `${least} rows of ${query}`,
      async () => {
        const rows = await this.#found(query);
        return rows.length >= least ? rows : undefined;
      },
      { timeoutMs: 20_000 },
    );
  }

  async #found(query: string): Promise<Record<string, string>[]> {
    const asked = new URLSearchParams({ query, limit: '1000000' });
    const answer = await fetch(`${this.url}/select/logsql/query?${asked}`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    const lines = text.split('\n').filter(line => line !== '');
    return lines.map(line => JSON.parse(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
