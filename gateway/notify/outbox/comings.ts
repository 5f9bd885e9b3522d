/** How often each condition came lately: one that comes and goes is told a few times, then that it does, then how it stays. */
import type { NumberedTransition } from '../../transitions/transition.ts';
import { nameOf } from './outbox.ts';

/** Told in so long, milliseconds. */
const withinMs = 6 * 3_600_000;
/** Openings within that time that are told as any other. */
const toldOpenings = 3;
/** It comes and goes no more once it was the same for so long, milliseconds. */
export const calmMs = 30 * 60_000;
/** Beyond it those that are calm are forgotten. */
const maxKept = 10_000;

/** `plain`: told as any other. `flaps`: told once, with the words that it comes and goes. `calm`: told once it stays. */
export type Way = 'plain' | 'flaps' | 'calm';

interface Coming {
  readonly openedMs: readonly number[];
  readonly isFlapping: boolean;
  readonly changedMs: number;
}

/** In memory: after a start one that comes and goes is told as if it had not before. */
export class Comings {
  readonly #known = new Map<string, Coming>();

  /** @param waits whether what it was before it changed is not told yet, and waits for calm */
  wayOf(transition: NumberedTransition, nowMs: number, waits: boolean): Way {
    const name = nameOf(transition);
    const known = this.#known.get(name);
    const isFlapping = waits || (known?.isFlapping === true && nowMs - known.changedMs < calmMs);
    const lately = isFlapping || known?.isFlapping !== true ? (known?.openedMs ?? []) : [];
    const openedMs =
      transition.state === 'open' ? [...lately.filter(each => nowMs - each < withinMs), nowMs] : lately;
    const begins = !isFlapping && transition.state === 'open' && openedMs.length > toldOpenings;
    this.#known.delete(name);
    this.#known.set(name, {
      openedMs: openedMs.slice(-toldOpenings - 1),
      isFlapping: isFlapping || begins,
      changedMs: nowMs,
    });
    if (this.#known.size > maxKept) this.#forget(nowMs);
    return isFlapping ? 'calm' : begins ? 'flaps' : 'plain';
  }

  #forget(nowMs: number): void {
    for (const [name, { changedMs }] of this.#known)
      if (nowMs - changedMs >= withinMs || this.#known.size > 2 * maxKept) this.#known.delete(name);
  }
}
