/** Plays an asciicast on a terminal, in its own time or faster; what would make the terminal answer is left out. */
import { setTimeout as wait } from 'node:timers/promises';
import { readCastEvent } from '../../core/recording/asciicast.ts';
import { ShownOutput, terminalReset } from '../../core/terminal/shown-output.ts';

export interface PlayOptions {
  readonly speed: number;
  /** A pause is no longer than this, seconds. */
  readonly idleLimitSec: number;
  /** Awaited: nothing is gathered for who reads slowly. */
  readonly write: (bytes: Uint8Array) => void | Promise<void>;
}

export class Player {
  readonly #options: PlayOptions;
  readonly #over = new AbortController();
  #resumed: PromiseWithResolvers<void> | undefined;

  constructor(options: PlayOptions) {
    this.#options = options;
  }

  /** `q` or Ctrl-C ends it, a space stops it and lets it go on. */
  key(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0x71 || byte === 0x03) this.#over.abort();
      else if (byte === 0x20) this.#toggle();
    }
    if (this.#over.signal.aborted) this.#resumed?.resolve();
  }

  async play(lines: Iterable<string>, signal: AbortSignal): Promise<void> {
    const { speed, idleLimitSec, write } = this.#options;
    const either = AbortSignal.any([signal, this.#over.signal]);
    const shown = new ShownOutput();
    let beforeSec = 0;
    for (const line of lines) {
      const event = readCastEvent(line);
      if (event === undefined || event.kind !== 'output') continue;
      const pauseSec = Math.min(idleLimitSec, Math.max(0, event.atSec - beforeSec));
      beforeSec = Math.max(beforeSec, event.atSec);
      if (pauseSec > 0 && Number.isFinite(speed))
        await wait((pauseSec / speed) * 1000, undefined, { signal: either }).catch(() => undefined);
      await this.#resumed?.promise;
      if (either.aborted) break;
      await write(shown.filter(Buffer.from(event.data)));
    }
    await write(Buffer.from(terminalReset));
  }

  #toggle(): void {
    const stopped = this.#resumed;
    this.#resumed = stopped === undefined ? Promise.withResolvers() : undefined;
    stopped?.resolve();
  }
}
