/** Datagrams to one receiver. Nobody hears of one that is lost; a port that nobody listens on is heard of, by ICMP. */
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { asError, messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { WireAddress } from './wire-address.ts';

/** A name is looked up again after it: a receiver that has moved is found. */
const nameLivesMs = 60_000;

export class Datagrams {
  /** Nothing is: nobody hears of what is lost. */
  readonly resent = 0;
  readonly #address: WireAddress;
  readonly #clock: Clock;
  #socket: Socket | undefined;
  #madeAtMs = 0;
  #failed: Error | undefined;

  constructor(address: WireAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  /**
   * In their order. A failure of an earlier one is told with a later.
   * @throws TowlineError TELEMETRY_RECEIVER_UNREACHABLE; the signal's reason when aborted
   */
  async send(datagrams: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const { host, port } = this.#address;
    try {
      const socket = await this.#connected();
      for (const datagram of datagrams) {
        signal.throwIfAborted();
        if (this.#failed !== undefined) throw this.#failed;
        await sent(socket, datagram);
      }
    } catch (cause) {
      this.close();
      signal.throwIfAborted();
      const message = `${host}:${port}: ${messageOf(cause)}`;
      throw new TowlineError('TELEMETRY_RECEIVER_UNREACHABLE', message, { cause });
    }
  }

  /** The name is looked up anew. */
  renew(): void {
    this.close();
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#failed = undefined;
  }

  async #connected(): Promise<Socket> {
    if (this.#socket !== undefined && this.#clock.monotonic() - this.#madeAtMs < nameLivesMs)
      return this.#socket;
    this.close();
    const { host, port } = this.#address;
    const { address } = await lookup(host);
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.on('error', error => {
      this.#failed = error;
    });
    await new Promise<void>((resolve, reject) => {
      socket.connect(port, address, (error?: unknown) =>
        error === undefined || error === null ? resolve() : reject(asError(error)),
      );
    });
    socket.unref();
    this.#socket = socket;
    this.#madeAtMs = this.#clock.monotonic();
    return socket;
  }
}

function sent(socket: Socket, datagram: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(datagram, error => (error === null ? resolve() : reject(error)));
  });
}
