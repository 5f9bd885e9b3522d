/** Segments of one container that are closed, on their way into the spool: one after the other, and none is left out. */
import type { Spool } from '../collector.ts';
import { earliest, type Mark } from './mark.ts';
import type { ClosedSegment } from './open-segments.ts';

export class Outgoing {
  readonly #closed: ClosedSegment[] = [];
  #flushing: Promise<void> = Promise.resolve();

  /** The earliest place from which anything here was read. */
  get from(): Mark | undefined {
    return earliest(...this.#closed.map(({ from }) => from));
  }

  /** What cannot be put is kept, and tried with the next. @throws what `Spool.put` throws */
  flush(segments: Iterable<ClosedSegment>, spool: Spool): Promise<void> {
    this.#closed.push(...segments);
    const next = this.#flushing.then(async () => {
      for (let first = this.#closed[0]; first !== undefined; first = this.#closed[0]) {
        await spool.put(first.piece);
        this.#closed.shift();
      }
    });
    this.#flushing = next.catch(() => undefined);
    return next;
  }
}
