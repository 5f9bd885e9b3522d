/**
 * Frames over a connection on which nothing is acknowledged (syslog, GELF). When it breaks, what was sent last is sent
 * again over the next one, also where nothing new comes: the last words before an outage are those that matter.
 */
import { asError } from '../../../core/errors/cause.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import { ResendWindow } from './resend-window.ts';
import type { WireSocket } from './wire-socket.ts';

export interface ResendingStreamOptions {
  readonly connect: (signal: AbortSignal) => Promise<WireSocket>;
  /** The next connection is to be made with what files say then. */
  readonly renewed?: () => void;
  readonly clock: Clock;
  readonly log: Log;
  /** First pause before a new connection that nobody waits for; it doubles, up to a minute. */
  readonly pauseMs?: number;
}

const longestPauseMs = 60_000;
/**
 * A connection that did not live longer has delivered nothing that one could rely on: before the next one is a pause, so
 * that a receiver which takes everything and closes does not swallow a backlog.
 */
const shortLifeMs = 5_000;

export class ResendingStream {
  readonly #options: ResendingStreamOptions;
  readonly #window = new ResendWindow();
  readonly #closing = new AbortController();
  #socket: WireSocket | undefined;
  #connectedAtMs = 0;
  /** Connections in a row that broke soon. */
  #shortLived = 0;
  /** One at a time writes to the connection, or makes it. */
  #turn: Promise<unknown> = Promise.resolve();
  #mending: Promise<void> | undefined;
  #resent = 0;

  constructor(options: ResendingStreamOptions) {
    this.#options = options;
  }

  /** Frames that went out once more. */
  get resent(): number {
    return this.#resent;
  }

  /**
   * Resolves when the kernel has all of them.
   * @throws TowlineError TELEMETRY_RECEIVER_UNREACHABLE and whatever `connect` throws: none of them is sent again by itself
   */
  async send(frames: readonly Buffer[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const sent = this.#inTurn(async () => {
      signal.throwIfAborted();
      const socket = await this.#connected(signal);
      await socket.write(Buffer.concat(frames), signal);
      this.#window.add(frames, this.#options.clock.monotonic());
    });
    await orAborted(sent, signal);
  }

  /** The next frame goes over a new connection: files of TLS have changed. */
  renew(): void {
    this.#options.renewed?.();
    this.#socket?.close();
    this.#socket = undefined;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the sink is closed'));
    await this.#mending;
    await this.#turn.catch(() => {});
    this.#socket?.close();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #connected(signal: AbortSignal): Promise<WireSocket> {
    if (this.#socket !== undefined && this.#socket.gone === undefined) return this.#socket;
    const { clock, connect } = this.#options;
    if (this.#shortLived > 0) await clock.sleep(this.#pause(this.#shortLived - 1), signal);
    const socket = await connect(signal);
    const { frames } = this.#window;
    // Written before anything new is: a receiver has them in their order.
    if (frames.length > 0) {
      this.#options.log.info({ frames: frames.length }, 'what was sent last is sent again');
      await socket.write(Buffer.concat(frames), signal);
      this.#resent += frames.length;
      this.#window.resent(clock.monotonic());
    }
    this.#socket = socket;
    this.#connectedAtMs = clock.monotonic();
    socket.onGone(error => this.#broken(error));
    return socket;
  }

  #broken(err: Error): void {
    const { clock, log } = this.#options;
    this.#socket = undefined;
    this.#shortLived = clock.monotonic() - this.#connectedAtMs < shortLifeMs ? this.#shortLived + 1 : 0;
    log.warn({ err }, 'the connection to the receiver is gone');
    // What is older by now was taken long ago; what is left stays until it is sent again, however long that takes.
    this.#window.forget(clock.monotonic());
    if (this.#closing.signal.aborted || this.#window.frames.length === 0) return;
    this.#mending ??= this.#mend().finally(() => {
      this.#mending = undefined;
    });
  }

  async #mend(): Promise<void> {
    const { signal } = this.#closing;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        await this.#options.clock.sleep(this.#pause(tries), signal);
        await this.#inTurn(async () => {
          await this.#connected(signal);
        });
        return;
      } catch {
        // The next deliveries say why; this one waits.
      }
    }
  }

  #pause(tries: number): number {
    return Math.min(longestPauseMs, (this.#options.pauseMs ?? 1_000) * 2 ** Math.min(tries, 16));
  }
}

/** Who stops does not wait for somebody else's turn. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(asError(signal.reason)), { signal: over.signal });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
