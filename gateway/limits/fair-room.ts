/**
 * A room with so many places, for sockets that wait. Those of one address never have more than three quarters of it, so
 * that a fleet behind one NAT is hardly held up and a single address never locks out the others; who goes first is taken
 * from the addresses in turn.
 */
import type { Socket } from 'node:net';

interface Place {
  readonly address: string;
  readonly since: number;
}

export class FairRoom {
  readonly #size: number;
  readonly #places = new Map<Socket, Place>();
  /** In the order in which they have their turn. */
  readonly #byAddress = new Map<string, Set<Socket>>();

  constructor(size: number) {
    this.#size = size;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Whether one more of this address finds a place. */
  hasPlace(address: string): boolean {
    return this.size < this.#size && !this.hasShare(address);
  }

  /** Whether this address has all that one may have. */
  hasShare(address: string): boolean {
    return (this.#byAddress.get(address)?.size ?? 0) >= Math.ceil((this.#size * 3) / 4);
  }

  /** @param now in the unit of `oldest`. */
  enter(socket: Socket, address: string, now: number): void {
    this.#places.set(socket, { address, since: now });
    const sockets = this.#byAddress.get(address);
    if (sockets === undefined) this.#byAddress.set(address, new Set([socket]));
    else sockets.add(socket);
  }

  /** @returns its address, undefined when it was not here. */
  leave(socket: Socket): string | undefined {
    const address = this.#places.get(socket)?.address;
    if (address === undefined) return undefined;
    this.#places.delete(socket);
    const sockets = this.#byAddress.get(address);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#byAddress.delete(address);
    return address;
  }

  /** Takes out the first one of the address whose turn it is, of those that `may`. */
  next(may: (address: string) => boolean): { socket: Socket; address: string } | undefined {
    for (const [address, sockets] of this.#byAddress) {
      if (!may(address)) continue;
      const [socket] = sockets;
      if (socket === undefined) continue;
      this.leave(socket);
      if (sockets.size > 0) {
        this.#byAddress.delete(address);
        this.#byAddress.set(address, sockets);
      }
      return { socket, address };
    }
    return undefined;
  }

  /** The one that has been here longest, of all or of one address. */
  oldest(address?: string): Socket | undefined {
    const sockets = address === undefined ? this.#places.keys() : (this.#byAddress.get(address) ?? []);
    for (const socket of sockets) return socket;
    return undefined;
  }

  /** Those that came before `time`. */
  *before(time: number): Generator<Socket> {
    for (const [socket, { since }] of this.#places) {
      if (since >= time) return;
      yield socket;
    }
  }

  [Symbol.iterator](): Iterator<Socket> {
    return [...this.#places.keys()].values();
  }
}
