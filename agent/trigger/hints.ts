/** The gateway says "look again". A hint carries nothing that is trusted; the poll stays as the floor. */
import type { Clock } from '../../core/io/clock.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';

/** Which stream of the gateway. */
export interface HintKind {
  readonly path: string;
  /** A line that begins so is a hint. */
  readonly line: string;
  /** Its beginning is one, too: what came while nobody listened was told to nobody. */
  readonly begins: boolean;
}

const mainMoved: HintKind = { path: '/v1/hints', line: 'event:', begins: true };

export interface HintOptions {
  readonly dialler: Dialler;
  readonly clock: Clock;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly onHint: () => void;
  /** Absent: that main has moved. */
  readonly kind?: HintKind;
}

/** The gateway writes a comment every 45 s. */
const silenceMs = 150_000;
const streamMs = 6 * 3_600_000;
/** Whoever holds the gateway may send as many as they like. */
const restMs = 1_000;
const maxStreamBytes = 16 * 1024 * 1024;
const firstRetryMs = 5_000;
const longestRetryMs = 300_000;

/**
 * Holds one stream of server-sent events and comes back, jittered, when it ends. Each beginning of the stream of main is a hint
 * too, so that no commit is missed between two of them. Resolves when aborted.
 */
export async function followHints(
  options: HintOptions,
  signal: AbortSignal,
  pause: Pause = {},
): Promise<void> {
  const { clock, random, onHint, kind = mainMoved } = options;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    const began = clock.monotonic();
    let heard = false;
    const onBegin = (): void => {
      heard = true;
      if (kind.begins) onHint();
    };
    await listen({ ...options, kind, onBegin }, signal).catch(() => undefined);
    if (signal.aborted) return;
    // A stream that lasted was a good one; many that end at once (a restarted gateway) come back spread out.
    retryMs = clock.monotonic() - began > 60_000 ? firstRetryMs : Math.min(2 * retryMs, longestRetryMs);
    const over = new AbortController();
    // One that ends as soon as it begins, as behind some proxies, would begin again with each pass that it rings for.
    if (!heard) pause.end = () => over.abort();
    const until = AbortSignal.any([signal, over.signal]);
    await clock.sleep(retryMs * (0.5 + random()), until).catch(() => undefined);
    delete pause.end;
    if (!over.signal.aborted) continue;
    retryMs = firstRetryMs;
    await clock.sleep(retryMs * (0.5 + random()), signal).catch(() => undefined);
  }
}

/** While the gateway could not be asked for a stream: `end` has it asked again soon. */
interface Pause {
  end?: () => void;
}

interface Listening extends HintOptions {
  readonly kind: HintKind;
  readonly onBegin: () => void;
}

async function listen({ dialler, kind, onBegin, onHint }: Listening, signal: AbortSignal): Promise<void> {
  const request = {
    method: 'GET',
    path: kind.path,
    headers: { accept: 'text/event-stream' },
    timeoutMs: streamMs,
    idleTimeoutMs: silenceMs,
    maxBytes: maxStreamBytes,
  } as const;
  const response = await dialler.request(request, signal);
  const hinting = response.status === 200;
  if (hinting) onBegin();
  let last = '';
  for await (const chunk of response.body) {
    const text = last + Buffer.from(chunk).toString('latin1');
    const lines = text.split('\n');
    last = (lines.pop() ?? '').slice(-1024);
    if (hinting && lines.some(line => line.startsWith(kind.line))) onHint();
  }
}

/** The stream of hints, while there is anything to be told. */
export class HintStream {
  readonly #follow: (signal: AbortSignal) => Promise<void>;
  readonly #signal: AbortSignal;
  readonly #pause: Pause = {};
  #ending: AbortController | undefined;
  ended: Promise<unknown> = Promise.resolve();

  constructor(options: HintOptions, signal: AbortSignal) {
    this.#follow = until => followHints(options, until, this.#pause);
    this.#signal = signal;
  }

  begin(): void {
    if (this.#ending !== undefined) return;
    const ending = new AbortController();
    this.#ending = ending;
    const until = AbortSignal.any([this.#signal, ending.signal]);
    this.ended = this.ended.then(() => this.#follow(until));
  }

  /** The gateway has just answered something else: after an outage no commit waits for the end of a long pause. */
  answered(): void {
    this.#pause.end?.();
  }

  /** @returns whether there was one */
  end(): boolean {
    const was = this.#ending !== undefined;
    this.#ending?.abort(new Error('nothing is to be told any more'));
    this.#ending = undefined;
    return was;
  }
}

/** The first hint rings at once; those that come until its pass has ended, and for a rest after it, ring once more. */
export class Hinted {
  readonly #clock: Clock;
  readonly #ring: () => void;
  readonly #signal: AbortSignal;
  #resting = false;
  #again = false;

  constructor(clock: Clock, ring: () => void, signal: AbortSignal) {
    this.#clock = clock;
    this.#ring = ring;
    this.#signal = signal;
  }

  hint(): void {
    if (this.#resting) {
      this.#again = true;
      return;
    }
    this.#resting = true;
    this.#ring();
  }

  /** A pass that a hint has rung for has ended. */
  ended(): void {
    const rested = (): void => {
      this.#resting = false;
      const again = this.#again;
      this.#again = false;
      if (again) this.hint();
    };
    this.#clock.sleep(restMs, this.#signal).then(rested, () => undefined);
  }
}
