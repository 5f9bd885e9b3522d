/** A verb that may wait for days, at a terminal: Ctrl-C leaves it where it is. */

/** As shells say that SIGINT ended something. */
const stoppedCode = 130;

/**
 * @param work ends soon once its signal is aborted, and can be begun again
 * @returns the exit code: 130 when it was stopped
 * @throws what `work` throws when it was not
 */
export async function untilStopped(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new Error('the agent was told to stop'));
  // For as long as it runs: a terminal signals this process and `towline`, which passes it on once more.
  const names = ['SIGTERM', 'SIGINT'] as const;
  for (const name of names) process.on(name, stop);
  try {
    await work(stopping.signal);
    return 0;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    process.stderr.write('stopped; the same command goes on from here\n');
    return stoppedCode;
  }
}
