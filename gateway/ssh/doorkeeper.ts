import type { Socket } from 'node:net';

export interface DoorLimits {
  /** From the first byte to a proven key, milliseconds. */
  readonly loginGraceMs: number;
  /** Attempts on one connection, offered keys included. */
  readonly maxTries: number;
  /** Connections that have not logged in, all addresses together. */
  readonly maxStartups: number;
  /** Connections of one address that have not logged in. */
  readonly maxStartupsPerAddress: number;
  /** Connections of one address, logged in or not. */
  readonly maxPerAddress: number;
  /** Connections in all. */
  readonly maxConnections: number;
}

export const doorLimits: DoorLimits = Object.freeze({
  loginGraceMs: 20_000,
  maxTries: 6,
  maxStartups: 100,
  maxStartupsPerAddress: 20,
  maxPerAddress: 100,
  maxConnections: 1000,
});

/** One admitted connection. */
export interface Entry {
  /** It has logged in: the grace ends, and it counts as a start-up no more. */
  loggedIn(): void;
}

/** Counts who stands at the door. ssh2 has no login grace and no caps: silent sockets would stay for ever. */
export class Doorkeeper {
  readonly #limits: DoorLimits;
  readonly #startups = new Map<string, number>();
  readonly #all = new Map<string, number>();
  #startupCount = 0;
  #count = 0;

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  /** @returns undefined when a cap is reached: the caller drops the socket without a word. */
  enter(socket: Socket): Entry | undefined {
    const address = socket.remoteAddress;
    if (address === undefined || this.#isFull(address)) return undefined;
    add(this.#startups, address, 1);
    add(this.#all, address, 1);
    this.#startupCount += 1;
    this.#count += 1;
    let starting = true;
    const started = () => {
      if (!starting) return;
      starting = false;
      clearTimeout(grace);
      this.#startupCount -= 1;
      add(this.#startups, address, -1);
    };
    const grace = setTimeout(() => socket.destroy(), this.#limits.loginGraceMs);
    socket.once('close', () => {
      started();
      this.#count -= 1;
      add(this.#all, address, -1);
    });
    return { loggedIn: started };
  }

  #isFull(address: string): boolean {
    const limits = this.#limits;
    return (
      this.#count >= limits.maxConnections ||
      this.#startupCount >= limits.maxStartups ||
      (this.#startups.get(address) ?? 0) >= limits.maxStartupsPerAddress ||
      (this.#all.get(address) ?? 0) >= limits.maxPerAddress
    );
  }
}

function add(counts: Map<string, number>, address: string, by: 1 | -1): void {
  const count = (counts.get(address) ?? 0) + by;
  if (count === 0) counts.delete(address);
  else counts.set(address, count);
}
