/** Tells an engine that is busy from one that says nothing: the one answers a ping while a question waits, the other does not. */
import { setTimeout as delay } from 'node:timers/promises';
import { isTowlineError } from '../../../core/errors.ts';
import type { Engine } from './engine.ts';

/** A question may wait so long before the engine is asked whether it is there, milliseconds. */
const patienceMs = 10_000;
const pingTimeoutMs = 5_000;

/** @throws what `work` throws; TowlineError ENGINE_UNREACHABLE long before its own time is over where the engine is silent */
export async function unlessSilent<Found>(
  engine: Engine,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Found>,
): Promise<Found> {
  const over = new AbortController();
  const silent = new AbortController();
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      try {
        await delay(patienceMs, undefined, { signal: over.signal });
        await engine.call({ method: 'GET', path: '/_ping', timeoutMs: pingTimeoutMs }, over.signal);
      } catch (error) {
        // A refusal is an answer.
        if (isTowlineError(error, 'ENGINE_UNREACHABLE')) return silent.abort(error);
      }
    }
  };
  const watching = watch();
  try {
    return await work(AbortSignal.any([signal, silent.signal]));
  } finally {
    over.abort();
    await watching;
  }
}
