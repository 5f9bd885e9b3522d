/** A server on loopback that notes what it is sent, and misbehaves when it is told to. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

export interface Received {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  /** Unpacked. */
  readonly body: Buffer;
  /** As it came. */
  readonly packedBytes: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** It takes what it is sent, and says so after that time. */
export interface Slow {
  readonly slowMs: number;
}

/** Instead of an answer. `never` holds the connection, `cut` ends it, `endless` sends without end. */
export type Fault = Answer | Slow | 'never' | 'cut' | 'endless';

export abstract class HttpReceiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** Each is the answer to one request, in turn; then it behaves. */
  readonly faults: Fault[] = [];
  /** As long as it says one, that is the answer. */
  fault: () => Fault | undefined = () => undefined;
  /** Larger bodies, packed, are answered 413. */
  maxBytes = Number.POSITIVE_INFINITY;
  readonly #server = http.createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  /** Answers a request as the real one would. */
  protected abstract respond(request: Received): Answer | Promise<Answer>;

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const packed = await buffer(request);
    const url = new URL(request.url ?? '/', 'http://receiver');
    const isPacked = request.headers['content-encoding'] === 'gzip';
    const received: Received = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: isPacked ? gunzipSync(packed) : packed,
      packedBytes: packed.length,
    };
    this.received.push(received);
    const fault = this.faults.shift() ?? this.fault();
    if (fault === 'never') return;
    if (fault === 'cut') return void response.destroy();
    if (fault === 'endless') return this.#endless(response);
    const tooLarge: Answer | undefined =
      packed.length > this.maxBytes ? { status: 413, body: 'request entity too large' } : undefined;
    const isSlow = fault !== undefined && 'slowMs' in fault;
    const answer = (isSlow ? undefined : fault) ?? tooLarge ?? (await this.respond(received));
    if (isSlow) await wait(fault.slowMs, undefined, { ref: false });
    const { status, headers, body } = answer;
    response.writeHead(status, headers).end(body);
  }

  #endless(response: http.ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    const piece = Buffer.alloc(64 * 1024, 'x');
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  }
}
