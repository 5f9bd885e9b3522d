/**
 * A shell at the far end of a connection that the stock client holds, with a terminal whose size is ours to say: `ssh` itself takes
 * that from a terminal of its own, and a page is none. Keys, agent, certificates and host keys stay ssh's; of what is spoken here
 * nothing is secret from it.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { asError } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Field, FieldReader, PacketReader, packet } from './mux-packets.ts';

/** PROTOCOL.mux. */
const [hello, version, askProxy, isProxy] = [0x0000_0001, 4, 0x1000_000f, 0x8000_000f];
/** RFC 4254. */
const message = {
  open: 90,
  opened: 91,
  openFailed: 92,
  window: 93,
  data: 94,
  extended: 95,
  end: 96,
  close: 97,
  request: 98,
  success: 99,
  failure: 100,
} as const;
/** Ours; the client gives it another number. */
const channel = 0;
const windowBytes = 256 * 1024;
const maxDataBytes = 32 * 1024;

export interface MuxTerminal {
  readonly term: string;
  readonly columns: number;
  readonly rows: number;
}

export class MuxSession extends Duplex {
  readonly #socket: Socket;
  readonly #reader = new PacketReader();
  #far = 0;
  /** What may be sent. */
  #credit = 0;
  #maxBytes = maxDataBytes;
  /** What came and was not handed on yet, of our window. */
  #owed = 0;
  #pending: (() => void) | undefined;
  #answer: PromiseWithResolvers<boolean> | undefined;
  #exitCode: number | undefined;
  #isOpen = false;

  /** @param path of the control socket @throws TowlineError CLI_SSH */
  static async open(path: string, terminal: MuxTerminal, signal: AbortSignal): Promise<MuxSession> {
    const socket = connect(path);
    const onAbort = () => socket.destroy(asError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const session = await MuxSession.#proxied(socket);
      await session.#begin(terminal);
      return session;
    } catch (cause) {
      socket.destroy();
      signal.throwIfAborted();
      throw new TowlineError('CLI_SSH', `the device opens no session: ${asError(cause).message}`, { cause });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  static async #proxied(socket: Socket): Promise<MuxSession> {
    await once(socket, 'connect');
    const reader = new PacketReader();
    socket.write(Buffer.concat([packet([], [hello, version]), packet([], [askProxy, 0])]));
    const told: Buffer[] = [];
    while (told.length < 2) {
      const [piece]: Buffer[] = await once(socket, 'data');
      if (piece !== undefined) told.push(...reader.take(piece));
    }
    const [first, second] = told.map(bytes => new FieldReader(bytes).number());
    if (first !== hello || second !== isProxy)
      throw new TowlineError('CLI_SSH', 'this ssh shares no connection as OpenSSH does from 7.4 on');
    return new MuxSession(socket);
  }

  private constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.on('error', () => {});
    socket.on('data', piece => {
      try {
        for (const one of this.#reader.take(piece)) this.#take(one);
      } catch (error) {
        this.destroy(asError(error));
      }
    });
    socket.on('error', error => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** As it was given; undefined: it was cut, or ended by a signal. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  resize(columns: number, rows: number): void {
    if (this.#isOpen) this.#send(message.request, [this.#far, 'window-change', false, columns, rows, 0, 0]);
  }

  override _read(): void {
    if (this.#owed === 0 || !this.#isOpen) return;
    this.#send(message.window, [this.#far, this.#owed]);
    this.#owed = 0;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (chunk.length === 0 || !this.#isOpen) {
      callback();
      return;
    }
    const bytes = Math.min(chunk.length, this.#credit, this.#maxBytes);
    if (bytes === 0) {
      this.#pending = () => this._write(chunk, _encoding, callback);
      return;
    }
    this.#credit -= bytes;
    const next = () => this._write(chunk.subarray(bytes), _encoding, callback);
    if (this.#send(message.data, [this.#far, chunk.subarray(0, bytes)])) next();
    else this.#socket.once('drain', next);
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#isOpen) this.#send(message.end, [this.#far]);
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#isOpen = false;
    this.#answer?.reject(error ?? new Error('the connection ended'));
    this.#pending?.();
    this.#pending = undefined;
    this.#socket.destroy();
    callback(error);
  }

  async #begin({ term, columns, rows }: MuxTerminal): Promise<void> {
    await this.#asked(message.open, ['session', channel, windowBytes, maxDataBytes]);
    this.#isOpen = true;
    await this.#asked(message.request, [this.#far, 'pty-req', true, term, columns, rows, 0, 0, Buffer.of(0)]);
    await this.#asked(message.request, [this.#far, 'shell', true]);
  }

  async #asked(number: number, fields: readonly Field[]): Promise<void> {
    this.#answer = Promise.withResolvers();
    if (this.destroyed) this.#answer.reject(new Error('the connection ended'));
    this.#send(number, fields);
    if (!(await this.#answer.promise)) throw new Error('it was refused');
  }

  #send(number: number, fields: readonly Field[]): boolean {
    return this.#socket.write(packet([0, number], fields));
  }

  #take(bytes: Buffer): void {
    const number = bytes[1];
    const fields = new FieldReader(bytes, 2);
    // Nothing else was opened: what it is for stands there all the same.
    if (number === undefined || fields.number() !== channel) return;
    if (number === message.opened) {
      this.#far = fields.number();
      this.#credit = fields.number();
      this.#maxBytes = Math.min(fields.number(), maxDataBytes);
      this.#answer?.resolve(true);
    } else if (number === message.openFailed) {
      fields.number();
      this.#answer?.reject(new Error(fields.text()));
    } else if (number === message.success || number === message.failure)
      this.#answer?.resolve(number === message.success);
    else if (number === message.window) this.#mayMore(fields.number());
    else if (number === message.data) this.#shown(fields.string());
    else if (number === message.extended) {
      fields.number();
      this.#shown(fields.string());
    } else if (number === message.request) this.#told(fields);
    else if (number === message.close) this.#closed();
  }

  #mayMore(bytes: number): void {
    this.#credit += bytes;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.();
  }

  #shown(bytes: Buffer): void {
    this.#owed += bytes.length;
    if (this.push(bytes)) this._read();
  }

  #told(fields: FieldReader): void {
    const kind = fields.text();
    const wantsAnswer = fields.flag();
    if (kind === 'exit-status') this.#exitCode = fields.number();
    if (wantsAnswer) this.#send(message.failure, [this.#far]);
  }

  #closed(): void {
    if (this.#isOpen) this.#send(message.close, [this.#far]);
    this.#isOpen = false;
    this.push(null);
  }
}
