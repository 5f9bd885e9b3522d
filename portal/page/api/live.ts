/** One stream of what changes, for the screen that is shown: it goes on where it was cut. */
import { signal } from '@preact/signals';
import type { LogLine, Overview, Proposal, Row } from './answers.ts';
import { request } from './client.ts';
import { serverEvents } from './events.ts';
import { Failure, pauseMs } from './failure.ts';
import { shown } from './shown.ts';

export type LiveState = 'on' | 'waits' | 'off';

/** For the sign beside the screen's name. */
export const liveState = signal<LiveState>('off');

/** The server gives a sign of life every 20 seconds: a connection without any has died unheard, as in a machine that slept. */
const silentMs = 65_000;

/** As the server tells it (portal/live). */
export type LiveEvent =
  | { readonly event: 'overview'; readonly data: Overview }
  | { readonly event: 'change'; readonly data: Proposal }
  | {
      readonly event: 'rows';
      readonly data: { readonly rows: readonly Row[]; readonly gone?: readonly string[] };
    }
  | { readonly event: 'logs'; readonly data: { readonly lines: readonly LogLine[] } }
  | { readonly event: 'device'; readonly data: { readonly device: string } };

export type LiveListener = (told: LiveEvent) => void;

/** Both of one object, so that the one says what the other is. */
const toldOf = (event: string, data: string): LiveEvent =>
  JSON.parse(`{"event":${JSON.stringify(event)},"data":${data}}`, shown);

/** @param path with its question: `/live?overview=1`. @returns ends it */
export function follow(path: string, listener: LiveListener): () => void {
  const controller = new AbortController();
  const until = controller.signal;
  run(path, listener, until).catch(() => undefined);
  return () => {
    controller.abort();
    liveState.value = 'off';
  };
}

async function run(path: string, listener: LiveListener, until: AbortSignal): Promise<void> {
  let last: string | undefined;
  let failures = 0;
  while (!until.aborted) {
    const silence = new Silence(until);
    try {
      const headers = {
        accept: 'text/event-stream',
        ...(last === undefined ? {} : { 'last-event-id': last }),
      };
      const { body } = await request(path, { headers, signal: silence.signal });
      if (body === null) return;
      liveState.value = 'on';
      for await (const { id, event, data } of serverEvents(body, () => silence.heard())) {
        last = id ?? last;
        failures = 0;
        listener(toldOf(event, data));
      }
    } catch (error) {
      if (until.aborted) return;
      // It will not be another answer: nobody is logged in, or it is not for them.
      if (error instanceof Failure && isLasting(error.facts.status)) {
        liveState.value = 'off';
        return;
      }
    } finally {
      silence.end();
    }
    liveState.value = 'waits';
    failures += 1;
    await pause(pauseMs(failures) * (0.5 + Math.random()), until);
  }
}

/** Ends one connection of the stream where nothing is heard of it. */
class Silence {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly signal: AbortSignal;

  constructor(until: AbortSignal) {
    this.signal = AbortSignal.any([until, this.#controller.signal]);
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), silentMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Too many at once is an answer of the moment. */
const isLasting = (status: number): boolean => status >= 400 && status < 500 && status !== 429;

function pause(ms: number, until: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    until.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
