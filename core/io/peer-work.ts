/**
 * Whatever a peer's input sets off ends here. A listener that throws, or a promise that rejects and that nobody waits
 * for, would end the process, and with it everybody else: here it ends that peer, and is written down. No `void` before
 * a promise and no async listener stands anywhere else (test/architecture/peer-work.test.ts).
 */
export interface Peer {
  /** Ends all that this peer has here, at once. */
  cut(reason: string): void;
  /** Writes down what failed: an audit or a log line. */
  failed(error: unknown): void;
}

export class PeerWork {
  readonly #peer: Peer;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Does it now, and follows it to its end. Never throws. */
  run(work: () => unknown): void {
    try {
      const result = work();
      if (result instanceof Promise) result.catch((error: unknown) => this.fail(error));
    } catch (error) {
      this.fail(error);
    }
  }

  /** What an event of the peer calls. */
  listener<Input extends unknown[]>(work: (...input: Input) => unknown): (...input: Input) => void {
    return (...input) => this.run(() => work(...input));
  }

  /** Cut first: that must happen, even where there is no room to write. */
  fail(error: unknown): void {
    for (const end of [() => this.#peer.cut('failed'), () => this.#peer.failed(error)]) {
      try {
        end();
      } catch {
        // The last place there is.
      }
    }
  }
}
