/** A WebSocket to a page as the end of a terminal: what cannot be sent holds the device back, what cannot be typed the page. */
import { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { terminalSide } from '../../core/io/ssh/session-channels.ts';
import { readFromPage, shownWindowBytes, type ToPage } from './terminal-frames.ts';
import type { PageEnd, TerminalSize } from './terminal-home.ts';

/** Of one message to the page, bytes. */
const maxShownBytes = 32 * 1024;
/** A page that is there answers by then, milliseconds. */
const pingMs = 20_000;
/** For its answer to our end of it, milliseconds. */
const goodbyeMs = 2000;

export class PageTerminal extends Duplex implements PageEnd {
  readonly #socket: WebSocket;
  readonly #pings: NodeJS.Timeout;
  #size: TerminalSize;
  #onResize: ((size: TerminalSize) => void) | undefined;
  /** Shown, and not yet said to be taken, bytes. */
  #untaken = 0;
  #waiting: (() => void) | undefined;
  #isAlive = true;

  constructor(socket: WebSocket, size: TerminalSize) {
    super({ allowHalfOpen: true, readableHighWaterMark: 64 * 1024, writableHighWaterMark: 64 * 1024 });
    this.#socket = socket;
    this.#size = sizeOf(size);
    this.on('error', () => {});
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.#typed(data);
      else this.#heard(bufferOf(data).toString('utf8'));
    });
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    socket.on('error', error => this.destroy(error));
    socket.on('close', () => this.destroy());
    this.#pings = setInterval(() => this.#ping(), pingMs);
  }

  get size(): TerminalSize {
    return this.#size;
  }

  onResize(listener: (size: TerminalSize) => void): void {
    this.#onResize = listener;
  }

  writeError(bytes: Uint8Array): boolean {
    return this.write(bytes);
  }

  /** A word of ours, after all that was written before it. */
  async say(word: ToPage): Promise<void> {
    if (this.destroyed) return;
    if (this.writable) await new Promise<void>(resolve => this.write(Buffer.alloc(0), () => resolve()));
    if (!this.destroyed) this.#socket.send(JSON.stringify(word), () => {});
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#show(chunk, callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.#pings);
    this.#waiting?.();
    this.#waiting = undefined;
    if (error === null) {
      this.#socket.close();
      // One that does not answer the end of it is not waited for.
      setTimeout(() => this.#socket.terminate(), goodbyeMs).unref();
    } else this.#socket.terminate();
    callback(error);
  }

  #show(bytes: Buffer, callback: (error?: Error | null) => void): void {
    if (this.destroyed || bytes.length === 0) {
      callback();
      return;
    }
    if (this.#untaken >= shownWindowBytes) {
      this.#waiting = () => this.#show(bytes, callback);
      return;
    }
    const piece = bytes.subarray(0, maxShownBytes);
    this.#untaken += piece.length;
    // ws calls back when the socket has taken it.
    this.#socket.send(piece, { binary: true }, error => {
      if (error) callback(error);
      else this.#show(bytes.subarray(piece.length), callback);
    });
  }

  #typed(data: RawData): void {
    if (!this.push(bufferOf(data))) this.#socket.pause();
  }

  #heard(text: string): void {
    const said = readFromPage(text);
    if (said === undefined) {
      this.destroy(new Error('it says what no page of ours does'));
      return;
    }
    if ('took' in said) {
      this.#untaken = Math.max(0, this.#untaken - said.took);
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.();
      return;
    }
    const [columns, rows] = said.size;
    this.#size = sizeOf({ columns, rows });
    this.#onResize?.(this.#size);
  }

  #ping(): void {
    // What is held back by us says nothing of whether it lives.
    if (!this.#isAlive && !this.#socket.isPaused) {
      this.destroy(new Error('the page is gone'));
      return;
    }
    this.#isAlive = false;
    this.#socket.ping(() => {});
  }
}

function sizeOf({ columns, rows }: TerminalSize): TerminalSize {
  return { columns: terminalSide(columns, 80), rows: terminalSide(rows, 24) };
}

function bufferOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
