/** A verified commit of which some may have been delivered, on its way into batches. */
import type { CommitPiece } from '../../../core/telemetry/commit-records.ts';
import type { Delivery, Origin } from '../delivery.ts';
import type { Batch } from './batch.ts';
import { deliveriesOf, withoutFuture } from './deliveries.ts';
import type { FollowedSink } from './followed-sink.ts';

export interface OpenCommitOptions {
  readonly origin: Origin;
  readonly pieces: AsyncIterator<CommitPiece>;
  /** Deliveries that were delivered before. */
  readonly skip: number;
}

export class OpenCommit {
  readonly #of: Pick<FollowedSink, 'filter' | 'counts' | 'clock' | 'begun'>;
  readonly #options: OpenCommitOptions;
  #ready: readonly Delivery[] = [];
  #at = 0;
  /** Before any filter. */
  #count = 0;

  constructor(of: FollowedSink, options: OpenCommitOptions) {
    this.#of = of;
    this.#options = options;
  }

  /** Of its deliveries, those that were looked at. */
  get count(): number {
    return this.#count;
  }

  /**
   * Until the batch is full.
   * @param breathe lets others have their turn, where it is time: a segment that is open already is read without a pause
   * @returns whether the commit is through
   */
  async fill(batch: Batch, breathe: () => Promise<void>): Promise<boolean> {
    const { origin, pieces, skip } = this.#options;
    const { device, commit } = origin;
    for (;;) {
      while (this.#at < this.#ready.length) {
        if (batch.isFull) {
          batch.ends.set(device, { commit, through: this.#count });
          return false;
        }
        const delivery = this.#ready[this.#at];
        this.#at += 1;
        this.#count += 1;
        if (delivery !== undefined && this.#count > skip) this.#add(delivery, batch);
      }
      await breathe();
      const { value: piece, done } = await pieces.next();
      if (done === true) break;
      if (skip === 0) this.#of.counts.skip(piece);
      this.#ready = deliveriesOf(piece, origin);
      this.#at = 0;
    }
    const end = { commit, through: undefined };
    batch.ends.set(device, end);
    this.#of.begun.passes(device, end);
    return true;
  }

  #add(delivery: Delivery, batch: Batch): void {
    const { filter, counts, clock, begun } = this.#of;
    let passed = filter.pass(delivery);
    if (passed?.kind === 'metrics') {
      const present = withoutFuture(passed, clock.now());
      counts.skipped.ahead += present.ahead;
      passed = present.delivery.blocks.length === 0 ? undefined : present.delivery;
    }
    if (passed === undefined) return;
    const { device, commit } = this.#options.origin;
    if (begun.passes(device, { commit, through: this.#count })) counts.again += 1;
    batch.add(passed);
  }
}
