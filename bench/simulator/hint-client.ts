/** One simulated device that holds a hint stream, and comes back when it is cut, as an agent does: later each time. */
import { setTimeout as wait } from 'node:timers/promises';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { WireKeys } from './wire-client.ts';

const request = 'GET /v1/hints HTTP/1.1\r\nHost: g\r\n\r\n';
const firstPauseMs = 5_000;
const longestPauseMs = 300_000;
/** Longer than a gateway that answers ten thousand others first needs on a busy machine. */
const patienceMs = 120_000;

export class HintClient {
  readonly #keys: WireKeys;
  readonly #pauseMs: number;
  /** Made once: keys are dear to read, and one process plays the whole fleet. */
  #context: SecureContext | undefined;
  #socket: TLSSocket | undefined;
  /** Hints heard since the start. */
  hints = 0;
  /** When the last one came (`performance.now()`). */
  heardAt = 0;

  /** @param pauseMs before it comes again, the first time. */
  constructor(keys: WireKeys, pauseMs = firstPauseMs) {
    this.#keys = keys;
    this.#pauseMs = pauseMs;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed;
  }

  /** After a cut: an agent waits before it tries again. @returns how often it was tried. */
  async comeBack(port: number, signal: AbortSignal): Promise<number> {
    await wait(this.#pauseMs * (0.5 + Math.random()), undefined, { signal });
    return await this.open(port, signal);
  }

  /** Tries until the stream is there. @returns how often it was tried. */
  async open(port: number, signal: AbortSignal): Promise<number> {
    let pauseMs = this.#pauseMs;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      if (await this.#tryOnce(port)) return tries;
      await wait(pauseMs * (0.5 + Math.random()), undefined, { signal });
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  #tryOnce(port: number): Promise<boolean> {
    this.#context ??= createSecureContext({ key: this.#keys.key, cert: this.#keys.certificate });
    const secureContext = this.#context;
    return new Promise(resolve => {
      const socket = connect({
        host: '127.0.0.1',
        port,
        rejectUnauthorized: false,
        secureContext,
      });
      const timer = setTimeout(() => socket.destroy(), patienceMs);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        clearTimeout(timer);
        resolve(false);
      });
      socket.once('secureConnect', () => socket.write(request));
      socket.on('data', chunk => {
        const text = chunk.toString('latin1');
        if (text.startsWith('HTTP/1.1 200')) {
          clearTimeout(timer);
          this.#socket = socket;
          resolve(true);
        }
        if (!text.includes('event: look')) return;
        this.hints += 1;
        this.heardAt = performance.now();
      });
    });
  }

  close(): void {
    this.#socket?.destroy();
  }
}
