/** Stands before a real Engine on a socket of its own: counts calls, holds them up, or refuses them. */
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface EngineCall {
  readonly method: string;
  /** Without the API version: `/containers/json?all=1`. */
  readonly path: string;
}

export type BeforeCall = (call: EngineCall) => void | Promise<void>;

export class EngineProxy {
  readonly socket: string;
  readonly calls: EngineCall[] = [];
  /** Asked before each call goes on; while it waits the call waits, where it throws the call is cut off. */
  before: BeforeCall | undefined;
  /** Of a connection that the engine hands over: awaited before its answer goes on, which is at the caller's by then. */
  answering: BeforeCall | undefined;
  readonly #engine: string;
  readonly #server = createServer((incoming, outgoing) => void this.#forward(incoming, outgoing));

  private constructor(engine: string) {
    this.#engine = engine;
    this.socket = path.join(tmpdir(), `tl-proxy-${crypto.randomUUID().slice(0, 8)}.sock`);
    this.#server.on('upgrade', (incoming, socket, head) => {
      const call = this.#record(incoming);
      // Attach and exec take the connection over: from here on it is bytes both ways.
      const upstream = connect(this.#engine, () => {
        const headers = incoming.rawHeaders
          .map((word, index) => (index % 2 === 0 ? `${word}: ` : `${word}\r\n`))
          .join('');
        upstream.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers}\r\n`);
        upstream.write(head);
        socket.pipe(upstream);
        Promise.resolve(this.answering?.(call)).then(() => upstream.pipe(socket), end);
      });
      const end = () => {
        upstream.destroy();
        socket.destroy();
      };
      upstream.on('error', end);
      socket.on('error', end);
    });
  }

  static async start(engine: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(engine);
    await new Promise<void>(resolve => proxy.#server.listen(proxy.socket, resolve));
    return proxy;
  }

  /** Calls that may change something: everything but GET and HEAD. */
  writes(): EngineCall[] {
    return this.calls.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
  }

  /** Forgets the calls so far. */
  reset(): void {
    this.calls.length = 0;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.socket, { force: true });
  }

  #record(incoming: IncomingMessage): EngineCall {
    const call = { method: incoming.method ?? '', path: (incoming.url ?? '').replace(/^\/v\d+\.\d+/, '') };
    this.calls.push(call);
    return call;
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const call = this.#record(incoming);
    try {
      await this.before?.(call);
    } catch {
      incoming.destroy();
      return;
    }
    const { method, url: target, headers } = incoming;
    const upstream = request({ socketPath: this.#engine, method, path: target, headers }, response => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      outgoing.flushHeaders();
      response.pipe(outgoing);
      response.on('error', () => outgoing.destroy());
    });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  }
}
