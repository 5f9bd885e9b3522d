/** A listener that keeps what it is sent, and can be told to misbehave. */
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';

export class Receiver {
  readonly sockets: net.Socket[] = [];
  readonly #chunks: Buffer[] = [];
  /** What is done with a new connection. */
  onConnection: (socket: net.Socket) => void = () => {};
  #server: net.Server | undefined;
  #port = 0;

  get port(): number {
    return this.#port;
  }

  /** All that came, over any connection. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.received.toString('utf8');
  }

  async listen(host = '127.0.0.1', secure?: tls.TlsOptions): Promise<this> {
    const accept = (socket: net.Socket): void => this.#accept(socket);
    this.#server = secure === undefined ? net.createServer(accept) : tls.createServer(secure, accept);
    this.#server.listen(this.#port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
    return this;
  }

  /** Resets every connection. */
  cut(): void {
    for (const socket of this.sockets.splice(0)) {
      if (socket instanceof tls.TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    if (this.#server?.listening !== true) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept(socket: net.Socket): void {
    this.sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => void this.#chunks.push(bytes));
    this.onConnection(socket);
  }
}
