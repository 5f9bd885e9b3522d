/** What a screen asks for when it is shown, and again when it has changed. */
import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { ask } from './client.ts';
import { Failure, type FailureFacts, isPassing, pauseMs } from './failure.ts';
import { follow, type LiveListener } from './live.ts';

export interface Answer<T> {
  readonly value: Signal<T | undefined>;
  readonly failure: Signal<FailureFacts | undefined>;
  readonly loading: Signal<boolean>;
  /** Asks again; what is shown stays until the answer is there. */
  readonly again: () => void;
}

/** What may pass is asked again by itself, ever more seldom. @param path undefined: nothing is asked */
export function useAnswer<T>(path: string | undefined): Answer<T> {
  const value = useSignal<T | undefined>(undefined);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const loading = useSignal(path !== undefined);
  const round = useSignal(0);
  const asked = useSignal(path);
  const failures = useRef(0);
  asked.value = path;
  useSignalEffect(() => {
    const current = asked.value;
    const count = round.value;
    if (current === undefined) return undefined;
    const controller = new AbortController();
    let late: ReturnType<typeof setTimeout> | undefined;
    if (count === 0) loading.value = true;
    ask<T>(current, { signal: controller.signal }).then(
      answer => {
        value.value = answer;
        failure.value = undefined;
        failures.current = 0;
        loading.value = false;
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const facts = factsOf(error);
        failure.value = facts;
        loading.value = false;
        if (!isPassing(facts)) return;
        failures.current += 1;
        late = setTimeout(() => {
          round.value += 1;
        }, pauseMs(failures.current));
      },
    );
    return () => {
      clearTimeout(late);
      controller.abort();
    };
  });
  return useMemo(
    () => ({
      value,
      failure,
      loading,
      again: () => {
        round.value += 1;
      },
    }),
    [value, failure, loading, round],
  );
}

export const factsOf = (error: unknown): FailureFacts =>
  error instanceof Failure
    ? error.facts
    : { status: 0, code: 'PAGE_BROKEN', message: error instanceof Error ? error.message : String(error) };

/** Follows while the screen is shown. @param path undefined: nothing is followed */
export function useLive(path: string | undefined, listener: LiveListener): void {
  // The listener is of the screen's first drawing: it reads signals, which are of now.
  useEffect(() => (path === undefined ? undefined : follow(path, listener)), [path]);
}
