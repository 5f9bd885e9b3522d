/** Receivers that acknowledge, each with its ways to fail: what a sink of that kind must deliver through. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FluentServer } from '@fluent-org/logger';
import type { SinkFile } from '../../../../gateway/sinks/open-sink.ts';
import { strideOf } from '../../../rig/every.ts';
import { TcpRelay } from '../../../rig/tcp-relay.ts';
import { ElasticsearchServer } from '../receivers/elasticsearch-server.ts';
import type { Fault, HttpReceiver } from '../receivers/http-receiver.ts';
import { LokiServer } from '../receivers/loki-server.ts';
import { OtlpServer } from '../receivers/otlp-server.ts';
import { RemoteWriteServer } from '../receivers/remote-write-server.ts';

export interface Target extends AsyncDisposable {
  /** As gateway.yaml has it. */
  readonly sink: SinkFile;
  /** Ids that have arrived since the last time. */
  drain(): readonly string[];
  /** It takes samples, which have no id: each has its number as its value, and its receiver folds by time. */
  readonly isOfSamples?: true;
  /** Misbehaves once, in some way. @param random from 0 to 1 */
  misbehave(random: number): void;
  /** Takes what it is sent next, and says so when the sink has given it up. */
  answerTooLate(): void;
  /** What a delivery takes longer than it must, milliseconds: where the receiver is a disk. */
  slowedMs?(): number;
  /** Gone, and back at the same address. */
  restart(): Promise<void>;
}

const timeoutMs = 500;
const slowMs = 60;
const tooLateMs = 1.2 * timeoutMs;
const timeout = `${timeoutMs}ms`;
const faults: readonly Fault[] = [
  { slowMs },
  { status: 503, body: 'not now' },
  { status: 429, headers: { 'retry-after': '0' } },
  { status: 500 },
  'cut',
];

class HttpTarget<Server extends HttpReceiver> implements Target {
  readonly isOfSamples?: true;
  readonly sink: SinkFile;
  readonly #server: Server;
  readonly #drain: (server: Server) => readonly string[];

  constructor(server: Server, sink: SinkFile, drain: (server: Server) => readonly string[]) {
    this.#server = server;
    this.sink = sink;
    this.#drain = drain;
    if (sink.kind === 'remote-write') this.isOfSamples = true;
  }

  drain(): readonly string[] {
    this.#server.received.length = 0;
    return this.#drain(this.#server);
  }

  misbehave(random: number): void {
    const fault = faults[Math.floor(random * faults.length)];
    if (fault !== undefined) this.#server.faults.push(fault);
  }

  answerTooLate(): void {
    this.#server.faults.push({ slowMs: tooLateMs });
  }

  async restart(): Promise<void> {
    const port = Number(new URL(this.#server.url).port);
    await this.#server[Symbol.asyncDispose]();
    await this.#server.listen(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

class FluentdTarget implements Target {
  readonly #ids: string[] = [];
  readonly #port: number;
  readonly #relay: TcpRelay;
  #server: FluentServer;

  static async open(): Promise<FluentdTarget> {
    const first = new FluentServer({ listenOptions: { port: 0, host: '127.0.0.1' } });
    await first.listen();
    const port = Number(first.port);
    return new FluentdTarget(first, port, await TcpRelay.start('127.0.0.1', port));
  }

  private constructor(server: FluentServer, port: number, relay: TcpRelay) {
    this.#server = this.#heard(server);
    this.#port = port;
    this.#relay = relay;
  }

  get sink(): SinkFile {
    return { kind: 'fluentd', address: `127.0.0.1:${this.#relay.port}`, timeout };
  }

  drain(): readonly string[] {
    return this.#ids.splice(0);
  }

  /** It is slow alone: each new connection is looked at for a while before it is used. */
  misbehave(): void {
    this.#hold(slowMs);
  }

  answerTooLate(): void {
    this.#hold(tooLateMs);
  }

  #hold(ms: number): void {
    this.#relay.hold();
    setTimeout(() => this.#relay.release(), ms).unref();
  }

  async restart(): Promise<void> {
    await this.#server.close().catch(() => undefined);
    const server = new FluentServer({ listenOptions: { port: this.#port, host: '127.0.0.1' } });
    await server.listen();
    this.#server = this.#heard(server);
  }

  #heard(server: FluentServer): FluentServer {
    server.on('entry', (_tag, _time, record) => {
      this.#ids.push(String(record.record_id ?? record.id));
    });
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#relay.stop();
    await this.#server.close().catch(() => undefined);
  }
}

class FileTarget implements Target {
  readonly sink: SinkFile;
  readonly #folder: string;
  #slowedMs = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.sink = {
      kind: 'file',
      path: join(folder, 'records.ndjson'),
      // The older ones hold all of it: none goes.
      maxBytes: `${4096 / strideOf(16)}KiB`,
      keep: 1000,
      sync: 'never',
    };
  }

  /** All that is there: at the end, once. */
  drain(): readonly string[] {
    const names = readdirSync(this.#folder).filter(name => name.startsWith('records.ndjson'));
    const lines = names.flatMap(name => readFileSync(join(this.#folder, name), 'utf8').trim().split('\n'));
    return lines.filter(line => line !== '').map(line => JSON.parse(line).id);
  }

  misbehave(): void {
    this.#slowedMs = slowMs;
  }

  answerTooLate(): void {}

  slowedMs(): number {
    const ms = this.#slowedMs;
    this.#slowedMs = 0;
    return ms;
  }

  async restart(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** @param folder for files of its own */
export const targets: Readonly<Record<string, (folder: string) => Promise<Target>>> = {
  file: async folder => new FileTarget(folder),
  fluentd: () => FluentdTarget.open(),
  elasticsearch: async () => {
    const server = await new ElasticsearchServer().listen();
    return new HttpTarget(
      server,
      { kind: 'elasticsearch', url: server.url, timeout },
      ({ ids, documents }) => {
        for (const stream of documents.values()) stream.clear();
        return ids;
      },
    );
  },
  loki: async () => {
    const server = await new LokiServer().listen();
    return new HttpTarget(server, { kind: 'loki', url: server.url, timeout }, ({ ids, lines }) => {
      lines.length = 0;
      return ids;
    });
  },
  otlp: async () => {
    const server = await new OtlpServer().listen();
    return new HttpTarget(server, { kind: 'otlp', url: server.url, timeout }, ({ ids, records }) => {
      records.length = 0;
      return ids;
    });
  },
  'remote-write': async () => {
    const server = await new RemoteWriteServer().listen();
    return new HttpTarget(
      server,
      { kind: 'remote-write', url: `${server.url}/api/v1/write`, timeout },
      ({ samples }) =>
        samples
          .splice(0)
          .map(
            ({ labels, value }) => `${labels.find(at => at.startsWith('device_id='))?.slice(10)}//${value}`,
          ),
    );
  },
};
