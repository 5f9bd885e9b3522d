/** A port of plain HTTP, for the machine's own network or a proxy in front: metrics, webhooks. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PeerWork } from '../../core/io/peer-work.ts';
import { listenOn } from './listening.ts';
import { isAt, type PlainRoute } from './plain-route.ts';

const maxConnections = 64;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;

/** What a request sets off ends with its connection. */
function workOn(socket: Socket): PeerWork {
  return new PeerWork({ cut: () => socket.destroy(), failed: () => {} });
}

export class PlainPort {
  readonly #server: Server;

  /** @param unknown answers what none of the routes does */
  constructor(routes: readonly PlainRoute[], unknown: RequestListener) {
    const answer: RequestListener = (request, response) => {
      const route = routes.find(one => isAt(one, request));
      if (route === undefined) unknown(request, response);
      else route.handle(request, response);
    };
    this.#server = createServer(
      { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs },
      (request, response) => workOn(request.socket).run(() => answer(request, response)),
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
