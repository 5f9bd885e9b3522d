/**
 * TLS handshakes under way. After a restart a whole fleet comes at once: so many are served at a time, and whoever comes
 * beyond that is let go before it costs anything. Devices come back after a time that each chooses by chance, and what was
 * begun is ended in time instead of all of it timing out together.
 */
import type { Socket } from 'node:net';

/** Every device behind one address has a port of its own, so that no address is counted by itself: NATs are common. */
function nameOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

export class Handshakes {
  readonly #max: number;
  readonly #timeoutMs: number;
  readonly #nowMs: () => number;
  /** When each began, in that order. */
  readonly #begun = new Map<string, number>();
  /** Connections let go since the start. */
  refused = 0;

  /** @param timeoutMs after which the TLS server gives one up by itself. @param nowMs monotonic. */
  constructor(max: number, timeoutMs: number, nowMs: () => number) {
    this.#max = max;
    this.#timeoutMs = timeoutMs;
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#begun.size;
  }

  /** A connection was accepted. Destroys it when too many are under way. */
  begin(socket: Socket): void {
    if (this.#begun.size >= this.#max) this.#forgetOverdue();
    if (this.#begun.size >= this.#max) {
      this.refused += 1;
      socket.destroy();
      return;
    }
    const name = nameOf(socket);
    this.#begun.set(name, this.#nowMs());
    socket.once('close', () => this.#begun.delete(name));
  }

  /** It has come to its end, well or not. */
  end(socket: Socket): void {
    this.#begun.delete(nameOf(socket));
  }

  #forgetOverdue(): void {
    const latest = this.#nowMs() - this.#timeoutMs;
    for (const [name, begunAt] of this.#begun) {
      if (begunAt > latest) return;
      this.#begun.delete(name);
    }
  }
}
