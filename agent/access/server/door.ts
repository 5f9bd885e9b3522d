/** Who stands at the door: ssh2 has no login grace and no caps. Who has waited longest without a login goes first. */
import type { Duplex } from 'node:stream';
import { type ConnectionLimits, connectionLimits } from '../../../core/io/ssh/ssh-connection.ts';

export interface DoorLimits {
  /** From the connection to a proven key, milliseconds. */
  readonly loginGraceMs: number;
  /** Attempts on one connection, offered keys included. */
  readonly maxTries: number;
  /** Connections that have not logged in. */
  readonly maxStartups: number;
  readonly maxConnections: number;
  /** Connections of one operator. */
  readonly maxPerOperator: number;
}

export const doorLimits: DoorLimits = Object.freeze({
  loginGraceMs: 20_000,
  maxTries: 6,
  maxStartups: 10,
  maxConnections: 40,
  maxPerOperator: 8,
});

/** Of one person's connection: what each channel may have on its way adds up, and a device is small. */
export const personLimits: ConnectionLimits = Object.freeze({ ...connectionLimits, maxChannels: 10 });

export class Door {
  readonly #limits: DoorLimits;
  readonly #startups = new Map<Duplex, NodeJS.Timeout>();
  readonly #all = new Set<Duplex>();

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  get connections(): readonly Duplex[] {
    return [...this.#all];
  }

  /** @returns false where there is no room: it is ended without a word */
  enter(stream: Duplex): boolean {
    const [oldest] = this.#startups.keys();
    if (oldest !== undefined && this.#startups.size >= this.#limits.maxStartups) oldest.destroy();
    if (this.#all.size >= this.#limits.maxConnections) return false;
    this.#all.add(stream);
    this.#startups.set(
      stream,
      setTimeout(() => stream.destroy(), this.#limits.loginGraceMs),
    );
    stream.once('close', () => {
      this.loggedIn(stream);
      this.#all.delete(stream);
    });
    return true;
  }

  loggedIn(stream: Duplex): void {
    clearTimeout(this.#startups.get(stream));
    this.#startups.delete(stream);
  }
}
