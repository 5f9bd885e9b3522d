/** Sockets that say nothing, or stop after their ClientHello; whenever they are let go they come again. */
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as plain, type Socket } from 'node:net';
import { connect } from 'node:tls';

const againMs = 100;

/** What OpenSSL begins with, without the rest of a client behind it. */
export async function recordClientHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
  const [socket] = await accepted;
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

export class StalledSockets implements Disposable {
  readonly #sockets = new Set<Socket>();
  readonly #port: number;
  readonly #localAddress: string;
  #ended = false;

  /** @param localAddress of this machine's own: loopback has 2^24. */
  constructor(port: number, localAddress: string) {
    this.#port = port;
    this.#localAddress = localAddress;
  }

  /** @param first what each says; nothing more ever comes. */
  open(count: number, first: Uint8Array = Buffer.alloc(0)): void {
    for (let index = 0; index < count; index += 1) this.#dial(first);
  }

  #dial(first: Uint8Array): void {
    if (this.#ended) return;
    const socket = plain({ port: this.#port, host: '127.0.0.1', localAddress: this.#localAddress });
    this.#sockets.add(socket);
    socket.once('connect', () => socket.write(first));
    socket.on('error', () => socket.destroy()).resume();
    socket.once('close', () => {
      this.#sockets.delete(socket);
      setTimeout(() => this.#dial(first), againMs);
    });
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
