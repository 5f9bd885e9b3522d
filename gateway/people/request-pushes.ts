/**
 * Pushes of a person who may ask and no more (`git.fleet: request`): branches below their own name, few, small and not often.
 * Nothing is taken out of fleet.git again, so it is bounded what one of them can put there. git's `update` hook judges each ref
 * (gateway/git/update-hook.ts).
 */
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { requestsVariable } from '../git/update-hook.ts';
import { RateLimiter } from '../limits/device-limits.ts';

/** One push, bytes: the commit of one change, in a folder of many thousand devices. */
const maxPushBytes = 1024 * 1024;
const pushesPerMinute = 0.2;
const pushesAtOnce = 20;

/** How git is started for one. */
export interface RequestPush {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export class RequestPushes {
  readonly #limiter: RateLimiter;

  constructor(clock: Clock) {
    this.#limiter = new RateLimiter(pushesPerMinute, clock, pushesAtOnce);
  }

  /** @throws TowlineError GATEWAY_RATE_LIMITED */
  begin(operator: string): RequestPush {
    const waitSec = this.#limiter.take(operator);
    if (waitSec > 0) {
      const message = `${operator} has pushed many requests: again in ${waitSec} s`;
      throw new TowlineError('GATEWAY_RATE_LIMITED', message, { details: { retryAfterSec: waitSec } });
    }
    return {
      // Refs of an atomic push are judged before any of them is there: they could not be counted.
      arguments: ['-c', `receive.maxInputSize=${maxPushBytes}`, '-c', 'receive.advertiseAtomic=false'],
      environment: { [requestsVariable]: operator },
    };
  }
}
