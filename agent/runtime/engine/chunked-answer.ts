/**
 * An answer that is a chunk of HTTP for each line of a log. Node's client hands over each by itself, which costs more than all
 * that is done with a line; here what has come at once is one piece (bench/telemetry/collecting.ts). It knows one request and one
 * kind of answer: everything else is the client's.
 */
import { connect, type Socket } from 'node:net';
import { addAbortSignal, Readable } from 'node:stream';
import { ChunkDecoder } from './chunk-decoder.ts';

/** Read at once. */
const roomBytes = 64 * 1024;
const mostHeadBytes = 16 * 1024;
const headEnd = '\r\n\r\n';

/**
 * @param socket the engine's
 * @param target path and query
 * @returns when the answer begins; undefined: it is none of that kind, or there is none
 * @throws the signal's reason
 */
export async function chunkedAnswer(
  socket: string,
  target: string,
  signal: AbortSignal,
): Promise<Readable | undefined> {
  signal.throwIfAborted();
  // What would be more than a target is asked by the client, which refuses it.
  if (!/^\/[\w./?=&%+-]+$/.test(target)) return undefined;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answer = addAbortSignal(signal, new ChunkedAnswer(socket, target, resolve));
  // Whoever reads it hears of an error by reading.
  answer.on('error', () => resolve(false));
  const isChunked = await promise;
  signal.throwIfAborted();
  if (isChunked) return answer;
  answer.destroy();
  return undefined;
}

class ChunkedAnswer extends Readable {
  readonly #socket: Socket;
  readonly #began: (isChunked: boolean) => void;
  /** What has come of it; undefined once it is over. */
  #head: Buffer | undefined = Buffer.alloc(0);
  readonly #body = new ChunkDecoder();

  constructor(socket: string, target: string, began: (isChunked: boolean) => void) {
    super({ highWaterMark: roomBytes });
    this.#began = began;
    const buffer = Buffer.allocUnsafeSlow(roomBytes);
    const onread = { buffer, callback: (count: number) => this.#take(buffer.subarray(0, count)) };
    this.#socket = connect({ path: socket, onread });
    this.#socket.on('error', error => this.destroy(error));
    this.#socket.on('close', () => {
      this.#began(false);
      if (!this.#body.isOver) this.destroy(new Error('the connection ended before the answer'));
    });
    this.#socket.write(`GET ${target} HTTP/1.1\r\nHost: engine\r\n\r\n`);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  /** @returns whether more may come */
  #take(bytes: Buffer): boolean {
    try {
      return this.#head === undefined ? this.#pass(bytes) : this.#begin(this.#head, bytes);
    } catch (error) {
      this.destroy(error instanceof Error ? error : undefined);
      return false;
    }
  }

  #begin(before: Buffer, bytes: Buffer): boolean {
    const head = Buffer.concat([before, bytes]);
    const end = head.indexOf(headEnd);
    if (end === -1 && head.length <= mostHeadBytes) {
      this.#head = head;
      return true;
    }
    this.#head = undefined;
    const text = head.toString('latin1', 0, Math.max(0, end) + 2);
    const isChunked = /^HTTP\/1\.1 200 /.test(text) && /\r\ntransfer-encoding: ?chunked\r\n/i.test(text);
    this.#began(isChunked);
    return isChunked && this.#pass(head.subarray(end + headEnd.length));
  }

  #pass(bytes: Buffer): boolean {
    const body = this.#body.push(bytes);
    // A copy: the next bytes come where these have been.
    const goesOn = body.length === 0 || this.push(Buffer.from(body));
    if (!this.#body.isOver) return goesOn;
    this.push(null);
    this.#socket.destroy();
    return false;
  }
}
