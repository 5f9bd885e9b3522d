/** Ctrl-C and SIGTERM, for verbs that take back what they have begun. */

/** How a shell says that SIGINT ended something. */
export const stoppedCode = 130;

/** In which a verb that was told to stop has taken back what it began. */
const graceMs = 5_000;

/**
 * The signal that a verb gives to all that waits. Only from the first call on does Ctrl-C abort it: until then, and
 * for verbs that never ask, the process ends as any does.
 */
export type Stop = () => AbortSignal;

/** For a program that is only looked at: its help, its completion. */
export const neverStopped: Stop = () => new AbortController().signal;

/** A second Ctrl-C, or a verb that goes on for too long, ends the process at once. */
export function stopOnSignals(target: NodeJS.Process): Stop {
  const stopping = new AbortController();
  let listens = false;
  const stop = (): void => {
    if (stopping.signal.aborted) target.exit(stoppedCode);
    stopping.abort(new DOMException('stopped', 'AbortError'));
    setTimeout(() => target.exit(stoppedCode), graceMs).unref();
  };
  return () => {
    if (!listens) for (const name of ['SIGINT', 'SIGTERM'] as const) target.on(name, stop);
    listens = true;
    return stopping.signal;
  };
}

/** Whether that is why a verb failed: also Ctrl-C at a question, which readline hears itself. */
export function wasStopped(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
