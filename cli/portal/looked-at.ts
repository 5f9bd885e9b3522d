/** Devices that pages show: the gateway is asked to have them send, by one session for all of them, and says what has moved. */
import { PeerWork } from '../../core/io/peer-work.ts';
import type { Log } from '../../core/log.ts';
import { watchMoves } from '../telemetry/watched-moves.ts';

export interface LookedAtOptions {
  /** Undefined: there is nobody to be asked. */
  readonly place: string | undefined;
  readonly repo: string;
  readonly log: Log;
  /** Has these come: they are new here, or have moved. */
  readonly came: (devices: readonly string[]) => Promise<void>;
}

/** Of one session. */
const mostWatched = 50;
/** Pages come and go: between two sessions, milliseconds. */
const settleMs = 500;

export class LookedAt {
  readonly #options: LookedAtOptions;
  readonly #signal: AbortSignal;
  readonly #work: PeerWork;
  /** Device → pages that show it; the newest last. */
  readonly #shown = new Map<string, number>();
  readonly #moved = new Set<string>();
  #session: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #fetching = false;

  constructor(options: LookedAtOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#work = new PeerWork({
      cut: () => undefined,
      failed: error => options.log.debug({ err: error }, 'devices cannot be watched'),
    });
    signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  /** @returns ends it, once */
  add(devices: readonly string[]): () => void {
    const own = devices.slice(0, mostWatched);
    for (const device of own) {
      const count = this.#shown.get(device) ?? 0;
      this.#shown.delete(device);
      this.#shown.set(device, count + 1);
      if (count === 0) this.#moved.add(device);
    }
    this.#settle();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      for (const device of own) {
        const count = (this.#shown.get(device) ?? 1) - 1;
        if (count === 0) this.#shown.delete(device);
        else this.#shown.set(device, count);
      }
      this.#settle();
    };
  }

  #settle(): void {
    if (this.#signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#work.run(() => this.#fetchMoved());
      this.#work.run(() => this.#watch());
    }, settleMs);
  }

  async #watch(): Promise<void> {
    this.#session?.abort(new DOMException('others are looked at', 'AbortError'));
    const { place, repo, log } = this.#options;
    const devices = [...this.#shown.keys()].slice(-mostWatched);
    if (place === undefined || devices.length === 0) return;
    const session = new AbortController();
    this.#session = session;
    const moved = (device: string) => {
      this.#moved.add(device);
      this.#work.run(() => this.#fetchMoved());
    };
    const trouble = (words: string) => log.debug({ trouble: words }, 'the gateway watches nothing');
    const signal = AbortSignal.any([session.signal, this.#signal]);
    await watchMoves({ place, devices, repo, moved, trouble }, signal);
  }

  /** One fetch at a time; what moves meanwhile comes with the next. */
  async #fetchMoved(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    try {
      while (this.#moved.size > 0 && !this.#signal.aborted) {
        const devices = [...this.#moved].slice(0, mostWatched);
        for (const device of devices) this.#moved.delete(device);
        await this.#options.came(devices);
      }
    } finally {
      this.#fetching = false;
    }
  }
}
