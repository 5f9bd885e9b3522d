/** A port of plain HTTP, for the machine's own network or a proxy in front: metrics, webhooks. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PeerWork } from '../../core/io/peer-work.ts';
import { listenOn } from './listening.ts';

const maxConnections = 64;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;

/** What a request sets off ends with its connection. */
function workOn(socket: Socket): PeerWork {
  return new PeerWork({ cut: () => socket.destroy(), failed: () => {} });
}

export class PlainPort {
  readonly #server: Server;

  constructor(listener: RequestListener) {
    this.#server = createServer(
      { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs },
      (request, response) => workOn(request.socket).run(() => listener(request, response)),
    );
    this.#server.maxConnections = maxConnections;
  }

  /** @throws TowlineError GATEWAY_LISTEN_FAILED */
  listen(host: string, port: number): Promise<AddressInfo> {
    return listenOn(this.#server, { host, port });
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
