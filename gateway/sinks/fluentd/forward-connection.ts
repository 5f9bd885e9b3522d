/** One connection to a Fluentd server, past its handshake: chunks go out, and each is acknowledged. */
import { randomBytes } from 'node:crypto';
import { encode } from '@msgpack/msgpack';
import { asError, messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import { isFields } from '../../../core/json.ts';
import { WireSocket, type WireSocketOptions } from '../wire/wire-socket.ts';
import { checkPong, type ForwardSecurity, type Helo, ping, readHelo, readPong } from './handshake.ts';
import { MessageReader } from './message-reader.ts';

export interface ForwardConnectionOptions extends Omit<WireSocketOptions, 'onData'> {
  /** Undefined: the server asks for nothing. */
  readonly security: ForwardSecurity | undefined;
}

export interface Chunk {
  readonly id: string;
  /** The whole message. */
  readonly bytes: Buffer;
}

interface Waiting<Value = unknown> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

export class ForwardConnection {
  readonly #socket: WireSocket;
  readonly #unacknowledged = new Set<string>();
  #handshake: Waiting | undefined;
  #sending: Waiting<void> | undefined;
  /** Past the handshake, or without one. */
  #isReady: boolean;
  /** What has come before anybody waited for it: a HELO at most. */
  #early: unknown[] = [];

  private constructor(socket: WireSocket, reader: MessageReader, isReady: boolean) {
    this.#socket = socket;
    this.#isReady = isReady;
    this.#read(reader).catch((error: unknown) => socket.destroy(asError(error)));
  }

  /**
   * @throws TowlineError TELEMETRY_RECEIVER_UNREACHABLE, TELEMETRY_RECEIVER_DENIES; the signal's reason when aborted
   */
  static async connect(options: ForwardConnectionOptions, signal: AbortSignal): Promise<ForwardConnection> {
    const reader = new MessageReader();
    const socket = await WireSocket.connect({ ...options, onData: bytes => reader.push(bytes) }, signal);
    const made = new ForwardConnection(socket, reader, options.security === undefined);
    socket.onGone(error => {
      reader.end();
      made.#handshake?.reject(error);
      made.#sending?.reject(error);
    });
    const deadline = AbortSignal.timeout(options.times.connectMs);
    try {
      if (options.security !== undefined)
        await made.#shakeHands(options.security, AbortSignal.any([signal, deadline]));
      return made;
    } catch (cause) {
      socket.destroy(asError(cause));
      signal.throwIfAborted();
      if (isTowlineError(cause)) throw cause;
      const why = deadline.aborted ? 'is not answered: has it a shared key?' : `fails: ${messageOf(cause)}`;
      const message = `the handshake with the Fluentd server ${why}`;
      throw new TowlineError('TELEMETRY_RECEIVER_UNREACHABLE', message, { cause });
    }
  }

  get gone(): Error | undefined {
    return this.#socket.gone;
  }

  /**
   * Resolves when all of them are acknowledged.
   * @throws TowlineError TELEMETRY_RECEIVER_UNREACHABLE: any of them may have arrived; the signal's reason when aborted
   */
  async send(chunks: readonly Chunk[], ackMs: number, signal: AbortSignal): Promise<void> {
    const deadline = AbortSignal.timeout(ackMs);
    const either = AbortSignal.any([signal, deadline]);
    for (const { id } of chunks) this.#unacknowledged.add(id);
    const acknowledged = new Promise<void>((resolve, reject) => {
      this.#sending = { resolve, reject };
      either.addEventListener('abort', () => reject(asError(either.reason)), { once: true });
    });
    try {
      await Promise.all([
        acknowledged,
        this.#socket.write(Buffer.concat(chunks.map(({ bytes }) => bytes)), either),
      ]);
    } catch (cause) {
      this.#socket.destroy(asError(cause));
      signal.throwIfAborted();
      const why = deadline.aborted ? `nothing within ${ackMs} ms` : messageOf(cause);
      const message = `the Fluentd server has not acknowledged what it was sent: ${why}`;
      throw new TowlineError('TELEMETRY_RECEIVER_UNREACHABLE', message, { cause });
    } finally {
      this.#sending = undefined;
      this.#unacknowledged.clear();
    }
  }

  close(): void {
    this.#socket.close();
  }

  async #shakeHands(security: ForwardSecurity, signal: AbortSignal): Promise<void> {
    const helo = readHelo(await this.#next(signal));
    if (helo === undefined) throw unexpected('HELO');
    const salt = randomBytes(16);
    await this.#say(ping(security, helo, salt), signal);
    await this.#expectPong(security, helo, salt, signal);
    this.#isReady = true;
  }

  async #expectPong(
    security: ForwardSecurity,
    helo: Helo,
    salt: Uint8Array,
    signal: AbortSignal,
  ): Promise<void> {
    const pong = readPong(await this.#next(signal));
    if (pong === undefined) throw unexpected('PONG');
    checkPong(security, pong, helo, salt);
  }

  async #say(message: readonly unknown[], signal: AbortSignal): Promise<void> {
    await this.#socket.write(Buffer.from(encode(message)), signal);
  }

  #next(signal: AbortSignal): Promise<unknown> {
    const early = this.#early.shift();
    if (early !== undefined) return Promise.resolve(early);
    if (this.gone !== undefined) return Promise.reject(this.gone);
    return new Promise<unknown>((resolve, reject) => {
      this.#handshake = { resolve, reject };
      signal.addEventListener('abort', () => reject(asError(signal.reason)), { once: true });
    }).finally(() => {
      this.#handshake = undefined;
    });
  }

  async #read(reader: MessageReader): Promise<void> {
    for await (const message of reader.messages()) {
      if (this.#unacknowledged.delete(acknowledgedIn(message) ?? '')) {
        if (this.#unacknowledged.size === 0) this.#sending?.resolve();
      } else if (this.#handshake !== undefined) this.#handshake.resolve(message);
      else this.#unasked(message);
    }
  }

  /** A HELO where no shared key is configured, or an acknowledgement of something else. */
  #unasked(message: unknown): void {
    if (this.#isReady && readHelo(message) !== undefined)
      throw new Error('it asks for a shared key, and none is configured');
    if (this.#early.length === 0) this.#early.push(message);
    else throw new Error('the Fluentd server says what nobody asked');
  }
}

function acknowledgedIn(message: unknown): string | undefined {
  if (!isFields(message) || !(message.ack instanceof Uint8Array)) return undefined;
  return Buffer.from(message.ack).toString('latin1');
}

function unexpected(what: string): TowlineError {
  return new TowlineError('TELEMETRY_RECEIVER_DENIES', `the Fluentd server sends no ${what}`);
}
