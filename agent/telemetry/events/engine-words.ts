/** An event of the engine → what a person is told of it; nothing of containers that are not this device's. */

import { label } from '../../../core/plan/container/labels.ts';
import type { EventRecord } from '../../../core/telemetry/record/record.ts';
import type { EngineEvent } from '../../runtime/engine/engine-event.ts';

/** What happened, before it has a number and a time. */
export interface Noted extends Omit<EventRecord, 'kind' | 'sequence' | 'time'> {
  /** Worth a push at once. */
  readonly urgent?: boolean;
  /** Told however often there is one like it: whoever notes it bounds it. */
  readonly always?: boolean;
}

/** Containers that were told to end: their exit is no crash. Bounded. */
const maxEnding = 256;

export class EngineWords {
  readonly #device: string;
  readonly #ending = new Set<string>();
  /** Those that have run out of memory and will die of it. */
  readonly #outOfMemory = new Set<string>();

  constructor(device: string) {
    this.#device = device;
  }

  /** @param images references that this device's projects name: a pull of another is somebody else's */
  of(event: EngineEvent, images: ReadonlySet<string>): Noted | undefined {
    const { Type: type, Action: action = '', Actor: actor } = event;
    if (type === 'image' && action === 'pull') return pulled(actor?.ID ?? '', images);
    const attributes = actor?.Attributes ?? {};
    if (type !== 'container' || attributes[label.device] !== this.#device) return undefined;
    const id = actor?.ID ?? '';
    const about = {
      project: attributes[label.project] ?? '',
      service: attributes[label.service] ?? '',
      container: id.slice(0, 12),
    };
    const name = attributes.name ?? about.container;
    if (action === 'die') return this.#died(id, { ...about, name: 'container.die' }, name, attributes);
    this.#note(action, id);
    if (action === 'start')
      return { ...about, name: 'container.start', level: 'info', text: `${name} started` };
    if (action === 'oom') {
      const text = `${name} ran out of memory: the kernel ended a process of it`;
      return { ...about, name: 'container.oom', level: 'error', text, urgent: true };
    }
    const health = /^health_status: (healthy|unhealthy)$/.exec(action)?.[1];
    if (health === undefined) return undefined;
    const isWell = health === 'healthy';
    return {
      ...{ ...about, name: `container.${health}`, text: `${name} is ${health}` },
      ...{ level: isWell ? 'info' : 'warn', urgent: !isWell },
    };
  }

  #note(action: string, id: string): void {
    if (action === 'start') {
      this.#ending.delete(id);
      this.#outOfMemory.delete(id);
    }
    const kept = action === 'kill' ? this.#ending : action === 'oom' ? this.#outOfMemory : undefined;
    if (kept !== undefined && kept.size < maxEnding) kept.add(id);
  }

  #died(
    id: string,
    about: Omit<Noted, 'text'>,
    name: string,
    attributes: Readonly<Record<string, string>>,
  ): Noted {
    const code = Number(attributes.exitCode);
    const wasTold = this.#ending.delete(id);
    // A process that was ended for want of memory need not be the one that the container lives by.
    const outOfMemory = this.#outOfMemory.delete(id) && !wasTold && code !== 0;
    const isCrash = outOfMemory || (!wasTold && code !== 0);
    const why = outOfMemory ? ', out of memory' : wasTold ? ', as it was told to' : '';
    return {
      ...about,
      level: isCrash ? 'error' : 'info',
      text: `${name} ended with exit code ${Number.isFinite(code) ? code : 'unknown'}${why}`,
      fields: { ...(Number.isFinite(code) ? { exit_code: code } : {}), out_of_memory: outOfMemory },
      urgent: isCrash,
    };
  }
}

function pulled(reference: string, images: ReadonlySet<string>): Noted | undefined {
  if (!images.has(reference)) return undefined;
  const text = `image ${reference.slice(0, 300)} was pulled`;
  return { name: 'image.pulled', level: 'info', text, fields: { image: reference.slice(0, 300) } };
}
