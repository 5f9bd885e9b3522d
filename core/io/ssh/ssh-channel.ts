import { Duplex } from 'node:stream';
import type { Channel, Client, Connection } from 'ssh2';
import { asError } from '../../errors/cause.ts';
import type { PeerWork } from '../peer-work.ts';
import type { Lane } from './incoming-payloads.ts';
import { channelState } from './ssh2-state.ts';

const bufferBytes = 256 * 1024;

/** The connection that a channel runs on, as far as the channel needs it. */
interface CarryingConnection {
  readonly work: PeerWork;
  readonly lost: boolean;
  readonly ssh: Connection | Client;
  whenWritable(callback: () => void): void;
  mayPass(): boolean;
  openLane(id: number, lane: Lane): () => void;
}

/**
 * An SSH channel as an ordinary half-closable stream. ssh2's own `end()` on a server's channel closes both
 * directions, and a write to a channel that closed never calls back. Here `end()` flushes and sends end-of-file,
 * the other direction stays open, and the channel closes when both have ended. Destroying cuts it. When the
 * connection is lost before the peer's end-of-file, reading fails rather than look complete.
 */
export class ChannelStream extends Duplex {
  readonly channel: Channel;
  readonly connection: CarryingConnection;
  readonly #holdEndOfFile: boolean;
  /** Of what waits to be written: what goes to the other output. */
  readonly #errors = new WeakSet<Uint8Array>();
  #pending: ((error?: Error | null) => void) | undefined;
  #truncated = false;
  #closed = false;

  constructor(channel: Channel, connection: CarryingConnection, holdEndOfFile: boolean) {
    super({
      allowHalfOpen: true,
      autoDestroy: !holdEndOfFile,
      readableHighWaterMark: bufferBytes,
      writableHighWaterMark: bufferBytes,
    });
    this.channel = channel;
    this.connection = connection;
    this.#holdEndOfFile = holdEndOfFile;
    const { work } = connection;
    channel.on(
      'data',
      work.listener((chunk: Buffer) => {
        if (!this.push(chunk)) channel.pause();
      }),
    );
    channel.on(
      'end',
      work.listener(() => this.#onEnd()),
    );
    channel.on(
      'close',
      work.listener(() => this.#onClose()),
    );
    channel.on('error', (error: Error) => this.destroy(error));
    // Data after an end of file is an error there, too.
    channel.stderr.on('error', (error: Error) => this.destroy(error));
    if ('resume' in channel.stderr) channel.stderr.resume();
  }

  /** The connection is gone: what was received is still read, what is missing is an error. */
  connectionLost(): void {
    if (channelState(this.channel).incoming.state === 'open') this.#truncated = true;
    this.#settle(new Error('the SSH connection was lost'));
  }

  /** Nothing of what came waits to be read: what comes next may pass. */
  get isRead(): boolean {
    const waiting = this.readableLength + this.channel.readableLength;
    return this.readableFlowing === true && waiting === 0 && !this.destroyed;
  }

  /** Nothing waits to be sent, and more may be. */
  get isWritten(): boolean {
    return this.#pending === undefined && this.writableLength === 0 && this.writable && !this.#closed;
  }

  /** As `write`, to the person's standard error: in one order with the rest, and held back as the rest is. */
  writeError(bytes: Uint8Array): boolean {
    const chunk = Buffer.from(bytes);
    this.#errors.add(chunk);
    return this.write(chunk);
  }

  /** For a session's channel: flushes, sends the exit status, ends. */
  async exit(code: number): Promise<void> {
    await new Promise<void>(resolve => {
      this.once('close', resolve);
      this.end(resolve);
    });
    // Of what was cut on its way nobody is told that it ended well.
    if (this.writableFinished) {
      this.#attempt(() => {
        channelState(this.channel).exit(code);
        this.#eof();
      });
    }
    this.destroy();
  }

  override _read(): void {
    this.channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#pending = callback;
    if (this.#closed || this.connection.lost) {
      this.#settle(new Error('the SSH channel is closed'));
      return;
    }
    this.connection.whenWritable(() => {
      if (this.#pending !== callback) return;
      if (channelState(this.channel).outgoing.state !== 'open') {
        this.#settle(new Error('the SSH channel is closed'));
      } else {
        const { stderr } = this.channel;
        const output = this.#errors.has(chunk) && 'write' in stderr ? stderr : this.channel;
        this.#attempt(() => output.write(chunk, error => this.#written(error)));
      }
    });
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (!this.#holdEndOfFile) this.#attempt(() => this.#eof());
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#settle(error ?? new Error('the SSH channel was closed'));
    this.#attempt(() => channelState(this.channel).close());
    this.channel.resume();
    callback(error);
  }

  #eof(): void {
    channelState(this.channel).eof();
  }

  #onEnd(): void {
    if (this.#truncated) this.destroy(new Error('the SSH connection was lost'));
    else this.push(null);
  }

  #onClose(): void {
    this.#closed = true;
    this.#settle(new Error('the SSH channel is closed'));
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
  }

  #written(error?: Error | null): void {
    const waited = { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined };
    Object.assign(channelState(this.channel), waited);
    this.#settle(error);
  }

  #settle(error?: Error | null): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.(error);
    // Nor does it otherwise: whoever waits for it to take more would wait for ever.
    if (pending !== undefined && error && this.#holdEndOfFile) this.destroy(asError(error));
  }

  /** ssh2 throws where its connection has just failed. */
  #attempt(action: () => void): void {
    if (this.connection.lost) return;
    try {
      action();
    } catch (error) {
      this.#settle(asError(error));
    }
  }
}
