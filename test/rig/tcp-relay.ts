/** A TCP relay before a real server: counts bytes, cuts connections, refuses new ones, holds bytes back. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class TcpRelay {
  /** Bytes from clients and to clients since the start. */
  bytesUp = 0;
  bytesDown = 0;
  connections = 0;
  /** Told whenever bytes went through. */
  onBytes: ((relay: TcpRelay) => void) | undefined;
  readonly #target: { host: string; port: number };
  readonly #open = new Set<Socket>();
  /** From what to what bytes go. */
  readonly #ways = new Set<readonly [Socket, Socket]>();
  readonly #server: Server;
  #refusing = false;
  #holds = 0;

  private constructor(host: string, port: number) {
    this.#target = { host, port };
    this.#server = createServer(client => this.#accept(client));
  }

  /** @returns a relay that listens on a free port of loopback, or of another address of this machine. */
  static async start(host: string, port: number, on = '127.0.0.1'): Promise<TcpRelay> {
    const relay = new TcpRelay(host, port);
    await new Promise<void>(resolve => relay.#server.listen(0, on, resolve));
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the relay does not listen');
    return address.port;
  }

  /** Cuts every connection and drops new ones at once, until `up`. */
  down(): void {
    this.#refusing = true;
    for (const socket of this.#open) socket.destroy();
  }

  up(): void {
    this.#refusing = false;
  }

  /** Nothing goes through until each `hold` has its `release`; what comes meanwhile goes then. */
  hold(): void {
    this.#holds += 1;
    if (this.#holds > 1) return;
    for (const [from, to] of this.#ways) from.unpipe(to).pause();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    for (const [from, to] of this.#ways) from.pipe(to);
  }

  async stop(): Promise<void> {
    this.down();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    this.connections++;
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const server = connect(this.#target);
    for (const socket of [client, server]) {
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#open.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', bytes => {
      this.bytesUp += bytes.length;
      this.onBytes?.(this);
    });
    server.on('data', bytes => {
      this.bytesDown += bytes.length;
      this.onBytes?.(this);
    });
    for (const way of [[client, server] as const, [server, client] as const]) {
      const [from, to] = way;
      this.#ways.add(way);
      from.on('close', () => this.#ways.delete(way));
      if (this.#holds > 0) from.pause();
      else from.pipe(to);
    }
  }
}
