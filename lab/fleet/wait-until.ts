/** Waits for something to become true of the system, and says what was seen last when it does not. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks again and again until `look` gives something.
 * @param what ends the sentence "waited … for …".
 * @throws Error with the last thing that `seen` told, when the time is out.
 */
export async function waitUntil<Found>(
  what: string,
  look: () => Promise<Found | undefined> | Found | undefined,
  options: WaitOptions & { readonly seen?: () => unknown } = {},
): Promise<Found> {
  const { timeoutMs = 180_000, intervalMs = 100, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const found = await look();
      if (found !== undefined) return found;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) break;
    await sleep(intervalMs, undefined, signal === undefined ? {} : { signal });
  }
  const seen = options.seen === undefined ? '' : `; seen last: ${JSON.stringify(await options.seen())}`;
  throw new Error(`waited ${timeoutMs / 1000} s for ${what}${seen}`, { cause: lastError });
}
