/** A server that answers each connection's request with raw bytes of the test's choice: another program's, a liar's, noise. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export class RawAnswers implements AsyncDisposable {
  readonly #server = createServer(socket => this.#serve(socket));
  readonly #sockets = new Set<Socket>();
  /** What is answered to a request that begins with these bytes. */
  answer: (request: string) => Buffer = () => Buffer.alloc(0);
  /** Whether a connection stays open behind an answer. */
  keep = false;

  /** On a free port of the loopback, or at the path of a socket. */
  static async listen(path?: string): Promise<RawAnswers> {
    const answers = new RawAnswers();
    if (path === undefined) answers.#server.listen(0, '127.0.0.1');
    else answers.#server.listen(path);
    await once(answers.#server, 'listening');
    return answers;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Also for sockets that somebody else has accepted. */
  serve(socket: Socket): void {
    this.#serve(socket);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}).once('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      const bytes = this.answer(chunk.toString('latin1'));
      if (socket.destroyed) return;
      if (this.keep) socket.write(bytes);
      else socket.end(bytes);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

/** An HTTP answer as it goes over the wire. */
export function httpAnswer(
  status: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string,
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), Buffer.from(body)]);
}
