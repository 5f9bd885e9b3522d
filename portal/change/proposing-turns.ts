/** Who may have a change computed now: one at a time for each person, a few in all, so many in an hour. */
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Intent } from '../api/types.generated.ts';

/** In all at once, count: each may read the whole fleet. */
const mostAtOnce = 3;
/** Of one person, count in an hour. What they keep at the gateway stays there until it packs. */
const mostInAnHour = 120;
const hourMs = 3_600_000;

export class ProposingTurns {
  readonly #clock: Clock;
  readonly #busy = new Set<string>();
  readonly #past = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws TowlineError PORTAL_BUSY */
  take(who: string): Disposable {
    const nowMs = this.#clock.monotonic();
    const past = (this.#past.get(who) ?? []).filter(atMs => nowMs - atMs < hourMs);
    if (this.#busy.has(who) || this.#busy.size >= mostAtOnce) throw busy('another change is being made', 2);
    const [first = nowMs] = past;
    if (past.length >= mostInAnHour)
      throw busy(`${mostInAnHour} changes in an hour`, Math.ceil((first + hourMs - nowMs) / 1000));
    this.#past.set(who, [...past, nowMs]);
    this.#busy.add(who);
    return { [Symbol.dispose]: () => this.#busy.delete(who) };
  }
}

const busy = (message: string, retryAfterSec: number) =>
  new TowlineError('PORTAL_BUSY', message, { details: { retryAfterSec } });

/** What the API's schema cannot say. @throws TowlineError PORTAL_MALFORMED */
export function assertMayPropose(intent: Intent): void {
  if (intent.intent !== 'assign-release' || (intent.device === undefined) !== (intent.group === undefined))
    return;
  throw new TowlineError('PORTAL_MALFORMED', 'assign-release: either a device or a group');
}
