/** Hands what was noted to each listener, by itself: one whose disk is full holds up no other. */
import { messageOf } from '../../core/errors/cause.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { TransitionLedger } from './ledger.ts';
import type { TransitionListener } from './transition.ts';

/** At once. */
const batchSize = 1000;
const retryMs = 2000;

export interface HandOverOptions {
  readonly ledger: TransitionLedger;
  readonly listeners: readonly TransitionListener[];
  readonly clock: Clock;
  readonly log: Log;
}

export class HandOver {
  readonly #options: HandOverOptions;
  /** How far each is. */
  readonly #through: Map<TransitionListener, number>;
  readonly #waking = new Set<() => void>();

  /** Before anything is noted: who is new hears what comes from now on, also where it is killed before the first. */
  static async open(options: HandOverOptions): Promise<HandOver> {
    const { ledger, listeners } = options;
    for (const each of listeners)
      if (each.through === undefined) await each.begin?.(ledger.last);
      // One that begins anew knows nothing of what is open until it was looked.
      else if (!ledger.isNew) await each.caughtUp?.((key, after) => ledger.knows(key, after));
    return new HandOver(options);
  }

  private constructor(options: HandOverOptions) {
    const { ledger, listeners } = options;
    this.#options = options;
    this.#through = new Map(listeners.map(each => [each, each.through ?? ledger.last]));
    this.#tidy();
  }

  /** Runs until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { ledger, listeners } = this.#options;
    const end = ledger.onNoted(() => this.#wake());
    const stop = () => this.#wake();
    signal.addEventListener('abort', stop);
    await Promise.all(listeners.map(each => this.#serve(each, signal)));
    signal.removeEventListener('abort', stop);
    end();
  }

  /** What is there now, once. @throws what a listener throws */
  async handAll(): Promise<void> {
    for (const listener of this.#options.listeners) while (await this.#hand(listener));
  }

  async #serve(listener: TransitionListener, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      const news = new Promise<void>(resolve => this.#waking.add(resolve));
      try {
        if (await this.#hand(listener)) continue;
        if (!signal.aborted) await news;
      } catch (error) {
        if (signal.aborted) return;
        log.error(
          { listener: listener.name, error: messageOf(error) },
          'transitions wait for who should hear of them',
        );
        await clock.sleep(retryMs, signal).catch(() => undefined);
      }
    }
  }

  async #hand(listener: TransitionListener): Promise<boolean> {
    const { ledger } = this.#options;
    const batch = ledger.after(this.#through.get(listener) ?? 0, batchSize);
    const newest = batch.at(-1);
    if (newest === undefined) return false;
    await listener.took(batch);
    this.#through.set(listener, newest.number);
    this.#tidy();
    return true;
  }

  #tidy(): void {
    const { ledger } = this.#options;
    ledger.passed(Math.min(ledger.last, ...this.#through.values()));
  }

  #wake(): void {
    const waking = [...this.#waking];
    this.#waking.clear();
    for (const resolve of waking) resolve();
  }
}
