/**
 * One connection to a receiver, plain or with TLS. Both sides of it are watched: that the other end is gone is known
 * before something is sent to it, wherever it can be known.
 */
import net from 'node:net';
import tls from 'node:tls';
import { asError, messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import { PeerWork } from '../../../core/io/peer-work.ts';
import type { TlsMaterial } from '../settings/tls-files.ts';
import { settled } from './settled.ts';
import { unanswered } from './unanswered.ts';
import type { WireAddress } from './wire-address.ts';

export interface WireTimes {
  /** DNS, TCP and TLS together. */
  readonly connectMs: number;
  /** In which the receiver takes nothing at all of what is written. */
  readonly writeMs: number;
  /** How long a new connection is looked at before it is used, or two round trips; 0: not at all, each thing is acknowledged. */
  readonly settleMs: number;
  /** Between two looks at whether the other end still acknowledges. */
  readonly lookMs: number;
  /** So many times in a row the kernel hears nothing of the other end before that counts as gone: 6 are 13 to 25 seconds. */
  readonly unanswered: number;
}

export const wireTimes: WireTimes = {
  connectMs: 15_000,
  writeMs: 30_000,
  settleMs: 250,
  lookMs: 5_000,
  unanswered: 6,
};

export interface WireSocketOptions {
  readonly address: WireAddress;
  /** Undefined: plain TCP. */
  readonly tls: TlsMaterial | undefined;
  readonly times: WireTimes;
  /** What the receiver says. Without: nothing is expected, and little is put up with. */
  readonly onData?: (bytes: Buffer) => void;
}

/** Then the kernel asks, ten times in ten seconds. */
const keepAliveMs = 15_000;
const longestOnItsWayMs = 120_000;
/** Who sends that much where nothing is asked is something else. */
const maxUnasked = 64 * 1024;

export class WireSocket {
  readonly #socket: net.Socket;
  readonly #options: WireSocketOptions;
  #gone: Error | undefined;
  #onGone: ((error: Error) => void) | undefined;
  #unasked = 0;
  #look: NodeJS.Timeout | undefined;
  #isLooking = false;
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  readonly #work: PeerWork;

  private constructor(socket: net.Socket, options: WireSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#work = new PeerWork({
      cut: reason => this.#end(new Error(reason)),
      failed: error => this.#end(asError(error)),
    });
    socket.on(
      'data',
      this.#work.listener((bytes: Buffer) => this.#heard(bytes)),
    );
    socket.on('end', () => this.#end(new Error('the receiver has closed the connection')));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
    socket.on('error', error => this.#end(error));
    socket.on('timeout', () => this.#end(new Error(`nothing was taken for ${options.times.writeMs} ms`)));
  }

  /** @throws TowlineError TELEMETRY_RECEIVER_UNREACHABLE; the signal's reason when aborted */
  static async connect(options: WireSocketOptions, signal: AbortSignal): Promise<WireSocket> {
    const { address, times } = options;
    const deadline = AbortSignal.timeout(times.connectMs);
    const either = AbortSignal.any([signal, deadline]);
    const began = performance.now();
    const socket = dial(options);
    try {
      await settled(socket, options.tls === undefined ? 'connect' : 'secureConnect', either);
      const tripMs = performance.now() - began;
      socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
      const made = new WireSocket(socket, options);
      if (times.settleMs > 0) await made.#settle(Math.max(times.settleMs, 2 * tripMs), either);
      made.#look = setInterval(
        made.#work.listener(() => made.#lookAtOther()),
        times.lookMs,
      ).unref();
      return made;
    } catch (cause) {
      socket.destroy();
      signal.throwIfAborted();
      const why = deadline.aborted ? `no connection within ${times.connectMs} ms` : messageOf(cause);
      const message = `${address.host}:${address.port}: ${why}`;
      throw new TowlineError('TELEMETRY_RECEIVER_UNREACHABLE', message, { cause });
    }
  }

  get gone(): Error | undefined {
    return this.#gone;
  }

  /** Told once, also where it has gone already. */
  onGone(listener: (error: Error) => void): void {
    if (this.#gone === undefined) this.#onGone = listener;
    else listener(this.#gone);
  }

  /**
   * Resolves when the kernel has all of it: that the receiver has read it is something else.
   * @throws TowlineError TELEMETRY_RECEIVER_UNREACHABLE; the signal's reason when aborted
   */
  async write(bytes: Buffer, signal: AbortSignal): Promise<void> {
    const { address, times } = this.#options;
    const onAbort = (): void => this.#end(asError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    this.#socket.setTimeout(times.writeMs);
    this.#writtenAtMs = performance.now();
    try {
      signal.throwIfAborted();
      if (this.#gone !== undefined) throw this.#gone;
      await new Promise<void>((resolve, reject) => {
        this.#socket.write(bytes, error => (error ? reject(this.#gone ?? error) : resolve()));
      });
    } catch (cause) {
      signal.throwIfAborted();
      const message = `${address.host}:${address.port}: ${messageOf(cause)}`;
      throw new TowlineError('TELEMETRY_RECEIVER_UNREACHABLE', message, { cause });
    } finally {
      this.#socket.setTimeout(0);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** What is written goes out before. */
  close(): void {
    this.#onGone = undefined;
    clearInterval(this.#look);
    this.#socket.end();
    // A peer that never closes its side keeps nothing here.
    setTimeout(() => this.#socket.destroy(), 1_000).unref();
  }

  destroy(error: Error): void {
    this.#end(error);
  }

  /**
   * TLS 1.3 tells a client that its certificate is refused after the handshake is over here; a balancer without servers
   * behind it closes what it has just accepted.
   */
  async #settle(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      this.onGone(reject);
      signal.addEventListener('abort', () => reject(asError(signal.reason)), { once: true });
      this.#socket.once('close', () => clearTimeout(timer));
    });
    this.#onGone = undefined;
  }

  #heard(bytes: Buffer): void {
    const { onData } = this.#options;
    if (onData !== undefined) {
      onData(bytes);
      return;
    }
    this.#unasked += bytes.length;
    if (this.#unasked > maxUnasked) this.#end(new Error('the receiver talks where nothing is asked'));
  }

  async #lookAtOther(): Promise<void> {
    // Later there is nothing on its way, and keepalive asks.
    if (performance.now() - this.#writtenAtMs > longestOnItsWayMs) return;
    const { localPort, remotePort } = this.#socket;
    // With ten thousand connections the kernel's table takes its time: looks do not pile up.
    if (localPort === undefined || remotePort === undefined || this.#isLooking) return;
    this.#isLooking = true;
    const count = await unanswered({ local: localPort, remote: remotePort });
    this.#isLooking = false;
    if (count >= this.#options.times.unanswered)
      this.#end(new Error('the receiver acknowledges nothing any more'));
  }

  #end(error: Error): void {
    if (this.#gone !== undefined) return;
    this.#gone = error;
    clearInterval(this.#look);
    this.#socket.destroy(error);
    this.#onGone?.(error);
  }
}

/** A name is looked up for each connection. */
function dial({ address, tls: material }: WireSocketOptions): net.Socket {
  const { host, port } = address;
  if (material === undefined) return net.connect({ host, port });
  return tls.connect({
    host,
    port,
    minVersion: 'TLSv1.2',
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...material,
  });
}
