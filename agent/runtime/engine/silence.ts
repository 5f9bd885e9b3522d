/** Tells an engine that is busy from one that says nothing: the one answers a ping while a question waits, the other does not. */
import { setTimeout as pause } from 'node:timers/promises';

export interface Listening {
  /** A question may wait so long before the engine is asked whether it is there, and again so long, milliseconds. */
  readonly silenceMs: number;
  /** @returns whether it answers. Never throws. */
  readonly ping: (signal: AbortSignal) => Promise<boolean>;
  /** What the question ends with where it does not. */
  readonly silent: () => Error;
}

/** @throws what `work` throws; `silent()` long before its own time is over where the engine says nothing */
export async function unlessSilent<Found>(
  { silenceMs, ping, silent }: Listening,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Found>,
): Promise<Found> {
  const over = new AbortController();
  const silence = new AbortController();
  const listen = async (): Promise<void> => {
    do await pause(silenceMs, undefined, { signal: over.signal });
    while (await ping(over.signal));
    silence.abort(silent());
  };
  const listening = listen().catch(() => undefined);
  try {
    return await work(AbortSignal.any([signal, silence.signal]));
  } catch (error) {
    silence.signal.throwIfAborted();
    throw error;
  } finally {
    over.abort();
    await listening;
  }
}
