/** How long one app may hold a run. All apps share a pass, and no newer commit is fetched before it ends. */

import { formatDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import type { EngineStep } from '../../core/plan/step.ts';

export interface LongestTimes {
  /** All steps of one app but its pulls, milliseconds. */
  readonly longestAppMs: number;
  /** All pulls of one app, milliseconds. */
  readonly longestPullMs: number;
}

/** Steps that end by themselves, after what their app's file allows. */
const isTimed = ({ kind }: EngineStep): boolean =>
  kind === 'backup-hook' || kind === 'back-up' || kind === 'restore-volumes';

export class Deadlines implements Disposable {
  readonly #longest: LongestTimes;
  readonly #begun = new Map<string, AbortController>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(longest: LongestTimes) {
    this.#longest = longest;
  }

  /** @returns a signal that ends the step too when its app has had its time: from its first step on */
  of(step: EngineStep, signal: AbortSignal): AbortSignal {
    const { project, kind } = step;
    if (isTimed(step)) {
      // Their time is not the app's: what comes after them has its own from then on.
      this.#end(`false ${project}`);
      return signal;
    }
    const isPull = kind === 'pull-image';
    const key = `${isPull} ${project}`;
    const known = this.#begun.get(key);
    if (known !== undefined) return AbortSignal.any([signal, known.signal]);
    const deadline = new AbortController();
    this.#begun.set(key, deadline);
    const ms = isPull ? this.#longest.longestPullMs : this.#longest.longestAppMs;
    const what = isPull ? 'its images are not here' : 'it is not done';
    const message = `${what} after ${formatDuration(ms)}, and the other apps wait for this one`;
    const error = () => new TowlineError('ENGINE_APP_TOO_LONG', message, { details: { project } });
    this.#timers.set(
      key,
      setTimeout(() => deadline.abort(error()), ms),
    );
    return AbortSignal.any([signal, deadline.signal]);
  }

  #end(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#begun.delete(key);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
