/** A tunnel that is open: its wish, its end, its connection while there is one. */

import type { EndingTunnel } from '../../core/fleet/tunnel.ts';
import type { TunnelConnection } from './tunnel-connection.ts';

export class Opening {
  desired: EndingTunnel;
  /** What makes it another opening when it changes, besides its targets. */
  readonly key: string;
  connection: TunnelConnection | undefined;
  /** Settles when nothing of it runs any more. */
  readonly running: Promise<void>;
  readonly #controller = new AbortController();
  /** Those who wait for the next outcome of a try. */
  readonly #waiting = new Set<(error?: Error) => void>();

  /** @param run begins when the opening has its place: what keeps it connected until its signal is aborted */
  constructor(desired: EndingTunnel, run: (opening: Opening) => Promise<void>) {
    this.desired = desired;
    this.key = keyOf(desired);
    this.running = Promise.resolve().then(() => run(this));
  }

  get untilMs(): number {
    return this.desired.untilMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The same opening serves where only targets come along: they take effect at once. */
  serves(tunnel: EndingTunnel): boolean {
    return this.key === keyOf(tunnel) && keepsTargets(this.desired, tunnel);
  }

  /** Ends the tries, and every live channel. */
  cut(reason: string): void {
    this.#controller.abort(new Error(reason));
    this.connection?.cut(reason);
  }

  /** How the try that runs has gone, or the next one. */
  nextOutcome(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => done(signal.reason);
      const done = (error?: Error) => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', abort);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  settle(error?: Error): void {
    for (const waiting of [...this.#waiting]) waiting(error);
  }
}

function keyOf({ allow, untilMs }: EndingTunnel): string {
  return JSON.stringify([untilMs, allow ?? null]);
}

/** True when every target of `before` is still there and leads to the same place. */
function keepsTargets(before: EndingTunnel, after: EndingTunnel): boolean {
  return before.targets.every(old =>
    after.targets.some(({ name, host, port }) => name === old.name && host === old.host && port === old.port),
  );
}
