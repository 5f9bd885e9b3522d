/** Containers of this device as they start, by the engine's events. */
import type { Clock } from '../../../core/io/clock.ts';
import { label } from '../../../core/plan/container/labels.ts';
import type { OnStarts } from '../runtime.ts';
import { readLine } from './answer-shape.ts';
import type { Engine } from './engine.ts';
import { engineEvent } from './engine-event.ts';
import { subscribed } from './engine-events.ts';
import { engineLines } from './engine-lines.ts';

export interface StartOptions {
  readonly engine: Engine;
  readonly device: string;
  readonly clock: Clock;
  readonly on: OnStarts;
  readonly signal: AbortSignal;
}

/** Until it is aborted; subscribes again when the engine comes back. Never throws. */
export function followStarts(options: StartOptions): Promise<void> {
  return subscribed(options, () => follow(options));
}

async function follow({ engine, device, on, signal }: StartOptions): Promise<void> {
  const asked = { type: ['container'], event: ['start'], label: [`${label.device}=${device}`] };
  const query = { filters: JSON.stringify(asked) };
  const stream = await engine.stream({ method: 'GET', path: '/events', query }, signal);
  const onAbort = () => stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    on.listening();
    for await (const line of engineLines(stream)) {
      const { ID: id, Attributes: { [label.project]: project, [label.service]: service } = {} } =
        readLine(line, engineEvent)?.Actor ?? {};
      if (id !== undefined && project !== undefined && service !== undefined)
        on.started({ id, project, service });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
}
