/** A listener for nothing but webhooks: plain HTTP, for the reverse proxy that the forge reaches. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookDesk } from './webhook-desk.ts';

export class WebhookPort {
  readonly #server: Server;

  constructor(desk: WebhookDesk) {
    this.#server = createServer((request, response) => {
      if (!desk.handle(request, response)) response.writeHead(404, { connection: 'close' }).end();
    });
    this.#server.requestTimeout = 15_000;
    this.#server.headersTimeout = 10_000;
    this.#server.maxConnections = 64;
  }

  async listen(host: string, port: number): Promise<AddressInfo> {
    this.#server.listen({ host, port });
    await once(this.#server, 'listening');
    return this.#server.address() as AddressInfo;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
