import type { Socket } from 'node:net';
import { addressGroup } from '../../core/address-group.ts';
import { connectionLimits } from '../../core/io/ssh/ssh-connection.ts';

export interface DoorLimits {
  /** From the first byte to a proven key, milliseconds. */
  readonly loginGraceMs: number;
  /** Attempts on one connection, offered keys included. */
  readonly maxTries: number;
  /** Connections that have not logged in, all addresses together. */
  readonly maxStartups: number;
  /** Connections of one address (of IPv6 a /64) that have not logged in. */
  readonly maxStartupsPerAddress: number;
  /** Connections of one address, logged in or not. */
  readonly maxPerAddress: number;
  /** Connections of one operator. */
  readonly maxPerOperator: number;
  /** Connections in all. */
  readonly maxConnections: number;
  /** Of one connection, after which it gets new keys. */
  readonly rekeyBytes: number;
}

export const doorLimits: DoorLimits = Object.freeze({
  loginGraceMs: 20_000,
  maxTries: 6,
  maxStartups: 100,
  maxStartupsPerAddress: 20,
  maxPerAddress: 100,
  maxPerOperator: 64,
  maxConnections: 1000,
  rekeyBytes: connectionLimits.rekeyBytes,
});

/** One admitted connection. */
export interface Entry {
  /** It has logged in: the grace ends, and it counts as a start-up no more. */
  loggedIn(): void;
}

/**
 * Counts who stands at the door. ssh2 has no login grace and no caps: silent sockets would stay for ever. Where too many
 * have not logged in, whoever has stood there longest goes: a login takes a blink, so those who never will keep nobody out.
 */
export class Doorkeeper {
  readonly #limits: DoorLimits;
  readonly #startups = new Map<Socket, string>();
  readonly #all = new Map<string, number>();
  #count = 0;

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  /** @returns undefined when a cap is reached: the caller drops the socket without a word. */
  enter(socket: Socket): Entry | undefined {
    if (socket.remoteAddress === undefined) return undefined;
    const address = addressGroup(socket.remoteAddress);
    const { maxConnections, maxPerAddress, loginGraceMs } = this.#limits;
    this.#makeRoom(address);
    if (this.#count >= maxConnections || (this.#all.get(address) ?? 0) >= maxPerAddress) return undefined;
    this.#startups.set(socket, address);
    add(this.#all, address, 1);
    this.#count += 1;
    const grace = setTimeout(() => socket.destroy(), loginGraceMs);
    const started = () => {
      clearTimeout(grace);
      this.#startups.delete(socket);
    };
    socket.once('close', () => {
      started();
      this.#count -= 1;
      add(this.#all, address, -1);
    });
    return { loggedIn: started };
  }

  /** The ones that have stood longest without a login go: of this address where it has its share, else of all. */
  #makeRoom(address: string): void {
    const { maxStartups, maxStartupsPerAddress } = this.#limits;
    const ofAddress = [...this.#startups].filter(([, from]) => from === address);
    if (ofAddress.length >= maxStartupsPerAddress) this.#letGo(ofAddress[0]?.[0]);
    if (this.#startups.size >= maxStartups) this.#letGo(this.#startups.keys().next().value);
  }

  #letGo(socket: Socket | undefined): void {
    if (socket === undefined) return;
    this.#startups.delete(socket);
    socket.destroy();
  }
}

function add(counts: Map<string, number>, address: string, by: 1 | -1): void {
  const count = (counts.get(address) ?? 0) + by;
  if (count === 0) counts.delete(address);
  else counts.set(address, count);
}
