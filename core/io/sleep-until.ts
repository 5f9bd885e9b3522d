import type { Clock } from './clock.ts';

/** A wall clock that was put forward is noticed by then. */
const longestSleepMs = 10_000;

/**
 * Resolves when a time of the wall clock has come, or as much time has passed as was left to it: a clock that is put back
 * meanwhile makes it no longer.
 * @param untilMs milliseconds since the epoch
 * @throws the signal's reason
 */
export async function sleepUntil(clock: Clock, untilMs: number, signal: AbortSignal): Promise<void> {
  const startedMs = clock.monotonic();
  const budgetMs = untilMs - clock.now();
  const leftMs = () => Math.min(untilMs - clock.now(), budgetMs - (clock.monotonic() - startedMs));
  while (leftMs() > 0) await clock.sleep(Math.min(leftMs(), longestSleepMs), signal);
  signal.throwIfAborted();
}
