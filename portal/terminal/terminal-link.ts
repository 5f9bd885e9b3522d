/** The page's own half of a terminal: what it types goes in pieces and never in a heap, what it shows is taken before more comes. */
import { maxTypedBytes, readToPage, type ToPage } from './terminal-frames.ts';

export interface LinkListener {
  /** Hands bytes to the screen; `taken` is called when that has taken them (xterm's `write` has it). */
  show(bytes: Uint8Array, taken: () => void): void;
  said(word: ToPage): void;
  /** Once, whatever ends it. */
  closed(): void;
}

/** The part of a browser's WebSocket that is used. */
export interface LinkSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(name: 'open' | 'close', listener: () => void): void;
  addEventListener(name: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

const openState = 1;
/** That the browser has not sent yet; then the rest of a paste waits, bytes. */
const maxUnsentBytes = 128 * 1024;
/** A longer paste is a mistake, bytes. */
const maxWaitingBytes = 16 * 1024 * 1024;
const lookAgainMs = 10;
/** Told at once when so much was taken, bytes. */
const tellBytes = 32 * 1024;

export class TerminalLink {
  readonly #socket: LinkSocket;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  readonly #encoder = new TextEncoder();
  #waitingBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #untold = 0;
  #size: string | undefined;

  /** @param socket to `/api/v1/terminals/{ticket}` */
  constructor(socket: LinkSocket, listener: LinkListener) {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      if (this.#size !== undefined) socket.send(this.#size);
      this.#send();
    });
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) {
        listener.show(new Uint8Array(data), () => this.#took(data.byteLength));
        return;
      }
      const word = typeof data === 'string' ? readToPage(data) : undefined;
      if (word !== undefined) listener.said(word);
    });
    socket.addEventListener('close', () => {
      clearTimeout(this.#timer);
      listener.closed();
    });
  }

  /** @returns false: more waits than may */
  type(typed: string | Uint8Array<ArrayBuffer>): boolean {
    const bytes = typeof typed === 'string' ? this.#encoder.encode(typed) : typed;
    if (this.#waitingBytes + bytes.length > maxWaitingBytes) return false;
    for (let at = 0; at < bytes.length; at += maxTypedBytes)
      this.#waiting.push(bytes.subarray(at, at + maxTypedBytes));
    this.#waitingBytes += bytes.length;
    this.#send();
    return true;
  }

  resize(columns: number, rows: number): void {
    this.#size = JSON.stringify({ size: [columns, rows] });
    if (this.#socket.readyState === openState) this.#socket.send(this.#size);
  }

  close(): void {
    this.#socket.close();
  }

  #send(): void {
    clearTimeout(this.#timer);
    while (this.#socket.readyState === openState && this.#socket.bufferedAmount < maxUnsentBytes) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#waitingBytes -= next.length;
      this.#socket.send(next);
    }
    if (this.#socket.readyState === openState) this.#timer = setTimeout(() => this.#send(), lookAgainMs);
  }

  #took(bytes: number): void {
    this.#untold += bytes;
    if (this.#untold < tellBytes || this.#socket.readyState !== openState) return;
    this.#socket.send(JSON.stringify({ took: this.#untold }));
    this.#untold = 0;
  }
}
