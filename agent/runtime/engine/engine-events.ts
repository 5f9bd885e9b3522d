/** The engine's events: what may have changed is inspected again, and the loop is told to look. */
import type { Clock } from '../../../core/io/clock.ts';
import { label } from '../../../core/plan/container/labels.ts';
import { readLine } from './answer-shape.ts';
import type { Engine } from './engine.ts';
import { type EngineEvent, type EventEar, engineEvent } from './engine-event.ts';
import { engineLines } from './engine-lines.ts';
import type { Inspections } from './inspections.ts';

export interface WatchOptions {
  readonly engine: Engine;
  readonly device: string;
  readonly inspections: Inspections;
  /** Whether a container that bears no label of ours was taken over. Absent: none was. */
  readonly isAdopted?: (container: string) => boolean;
  readonly clock: Clock;
  /** Something of ours may not be as it should: a hint without data, look again. */
  readonly onChange: () => void;
  /** Hears all of them. */
  readonly ear?: EventEar | undefined;
  readonly signal: AbortSignal;
}

/** Health checks and `docker exec` say nothing about what is compared. */
const idle = /^(exec_|top|attach|resize|archive-path|copy|export)/;

/** Actions after which a pass has something to look at. */
const telling = new Set([
  'die',
  'stop',
  'kill',
  'pause',
  'rename',
  'update',
  'destroy',
  'disconnect',
  'oom',
  'restart',
]);

const shortestPauseMs = 500;
const longestPauseMs = 30_000;

function take(event: EngineEvent, options: WatchOptions): void {
  const { inspections, device, onChange } = options;
  const action = event.Action ?? '';
  if (idle.test(action)) return;
  if (event.Type === 'container') {
    const id = event.Actor?.ID ?? '';
    inspections.forget(id);
    const ours = event.Actor?.Attributes?.[label.device] === device || options.isAdopted?.(id) === true;
    if (ours && (telling.has(action) || action.startsWith('health_status'))) onChange();
  }
  if (event.Type === 'network') {
    inspections.forget(event.Actor?.Attributes?.container ?? '');
    if (action === 'disconnect' || action === 'destroy') onChange();
  }
}

async function follow(options: WatchOptions): Promise<void> {
  const { engine, inspections, onChange, ear, signal } = options;
  const since = ear?.since();
  const query = since === undefined ? {} : { query: { since } };
  const stream = await engine.stream({ method: 'GET', path: '/events', ...query }, signal);
  const onAbort = () => stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    inspections.watched(true);
    // What happened while nobody listened is found by looking.
    onChange();
    for await (const line of engineLines(stream)) {
      const event = readLine(line, engineEvent);
      if (event === undefined) continue;
      take(event, options);
      ear?.heard(event);
    }
  } finally {
    inspections.watched(false);
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
}

/** Follows events until the signal is aborted; subscribes again when the engine comes back. Never throws. */
export function watchEngine(options: WatchOptions): Promise<void> {
  return subscribed(options, () => follow(options));
}

/** Again and again, whenever `follow` ends. Never throws. */
export async function subscribed(
  { clock, signal }: Pick<WatchOptions, 'clock' | 'signal'>,
  follow: () => Promise<void>,
): Promise<void> {
  let pauseMs = shortestPauseMs;
  while (!signal.aborted) {
    const startMs = clock.monotonic();
    try {
      await follow();
    } catch {
      // The engine is gone; whoever asks it next says so.
    }
    if (clock.monotonic() - startMs > longestPauseMs) pauseMs = shortestPauseMs;
    try {
      await clock.sleep(pauseMs, signal);
    } catch {
      return;
    }
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }
}
