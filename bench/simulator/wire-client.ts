/** HTTP/1.1 over one kept TLS connection, by hand: a client that costs little, so that thousands fit in one process. */
import { once } from 'node:events';
import { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';

export interface WireAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

export interface WireKeys {
  readonly key: string;
  readonly certificate: string;
}

export class WireClient {
  readonly #wire = new Socket();
  readonly #socket: TLSSocket;
  readonly #session: Promise<Buffer>;
  #received: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(port: number, keys: WireKeys, session?: Buffer) {
    this.#wire.connect({ port, host: '127.0.0.1' }).setNoDelay(true);
    this.#socket = connect({
      socket: this.#wire,
      rejectUnauthorized: false,
      key: keys.key,
      cert: keys.certificate,
      ...(session === undefined ? {} : { session }),
    });
    this.#session = new Promise(resolve => this.#socket.once('session', resolve));
    this.#socket.on('data', chunk => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    const end = (error?: Error) => {
      this.#failure = error ?? new Error('the connection was closed');
      this.#wake?.();
    };
    this.#socket.on('error', end);
    this.#socket.on('close', () => end(this.#failure));
  }

  async ready(): Promise<this> {
    await once(this.#socket, 'secureConnect');
    return this;
  }

  get resumed(): boolean {
    return this.#socket.isSessionReused();
  }

  /** For the next connection of this device. */
  session(): Promise<Buffer> {
    return this.#session;
  }

  /** Bytes on the wire, both ways. */
  get bytes(): number {
    return this.#wire.bytesRead + this.#wire.bytesWritten;
  }

  async get(path: string, headers = ''): Promise<WireAnswer> {
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: g\r\n${headers}\r\n`);
    return await this.#answer();
  }

  async post(path: string, type: string, body: Uint8Array, headers = ''): Promise<WireAnswer> {
    this.#socket.write(
      Buffer.concat([
        Buffer.from(
          `POST ${path} HTTP/1.1\r\nHost: g\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${headers}\r\n`,
        ),
        body,
      ]),
    );
    return await this.#answer();
  }

  /** Begins a stream and reads its head only. */
  async stream(path: string): Promise<string> {
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: g\r\n\r\n`);
    return await this.#head();
  }

  /** Waits until the stream has said `text`. */
  async hear(text: string): Promise<void> {
    while (!this.#received.includes(text)) await this.#more();
    this.#received = Buffer.alloc(0);
  }

  close(): void {
    this.#socket.destroy();
    this.#wire.destroy();
  }

  async #answer(): Promise<WireAnswer> {
    const head = await this.#head();
    const status = Number(head.slice(9, 12));
    if (status === 304) return { status, head, body: Buffer.alloc(0) };
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    const body = length === undefined ? await this.#chunks() : await this.#take(Number(length));
    return { status, head, body };
  }

  async #head(): Promise<string> {
    while (true) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end >= 0) return (await this.#take(end + 4)).toString('latin1');
      await this.#more();
    }
  }

  async #chunks(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    while (true) {
      while (!this.#received.includes('\r\n')) await this.#more();
      const line = await this.#take(this.#received.indexOf('\r\n') + 2);
      const size = Number.parseInt(line.toString('latin1'), 16);
      pieces.push((await this.#take(size + 2)).subarray(0, size));
      if (size === 0) return Buffer.concat(pieces);
    }
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#received.length < length) await this.#more();
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await new Promise<void>(resolve => {
      this.#wake = resolve;
    });
  }
}
