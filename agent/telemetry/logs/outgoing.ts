/** Segments of one container that are closed, on their way into the spool: one after the other, and none is left out. */
import type { Reached, Spool } from '../collector.ts';
import { earliest, type Mark } from './mark.ts';
import type { ClosedSegment } from './open-segments.ts';

/** Packed, where the disk takes none; beyond it nothing is read. */
const mostBytes = 64 * 1024;

export class Outgoing {
  readonly #reached: (waiting: Mark | undefined) => Reached;
  readonly #closed: ClosedSegment[] = [];
  #bytes = 0;
  #flushing: Promise<void> = Promise.resolve();

  /** @param reached how far its log has been read, but for what waits from there on */
  constructor(reached: (waiting: Mark | undefined) => Reached) {
    this.#reached = reached;
  }

  /** The earliest place from which anything here was read. */
  get from(): Mark | undefined {
    return earliest(...this.#closed.map(({ from }) => from));
  }

  /** Of those that are not in the spool yet. */
  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#bytes > mostBytes;
  }

  /** Nothing of it goes any more. @returns records that were in it */
  discard(): number {
    this.#bytes = 0;
    return this.#closed.splice(0).reduce((sum, { piece }) => sum + piece.records, 0);
  }

  /** What cannot be put is kept, and tried with the next. @throws what `Spool.put` throws */
  flush(segments: Iterable<ClosedSegment>, spool: Spool): Promise<void> {
    for (const segment of segments) {
      this.#closed.push(segment);
      this.#bytes += segment.piece.bytes.length;
    }
    const next = this.#flushing.then(async () => {
      for (let first = this.#closed[0]; first !== undefined; first = this.#closed[0]) {
        const waiting = earliest(...this.#closed.slice(1).map(({ from }) => from));
        await spool.put({ ...first.piece, reached: this.#reached(waiting) });
        // It may have been discarded meanwhile.
        if (this.#closed[0] !== first) continue;
        this.#closed.shift();
        this.#bytes -= first.piece.bytes.length;
      }
    });
    this.#flushing = next.catch(() => undefined);
    return next;
  }
}
