/** What a receiver has taken of a batch that it did not take whole: the rest alone is sent when the batch comes again. */
import type { Delivery, Refused } from './delivery.ts';

export class Progress {
  /**
   * Undefined for what is delivered. Of one batch, so never more than that; each as it was handed in, since what comes again
   * by a replay has its id, and is to be sent.
   */
  #through = new Map<Delivery, Refused | undefined>();

  /** What is still to be sent. */
  rest(batch: readonly Delivery[]): readonly Delivery[] {
    return this.#through.size === 0 ? batch : batch.filter(delivery => !this.#through.has(delivery));
  }

  taken(delivery: Delivery): void {
    this.#through.set(delivery, undefined);
  }

  refused(delivery: Delivery, reason: string): void {
    this.#through.set(delivery, { delivery, reason });
  }

  /** The batch is through: what was refused of it, also when it came before. */
  end(batch: readonly Delivery[]): readonly Refused[] {
    const refused = batch.flatMap(delivery => this.#through.get(delivery) ?? []);
    this.#through = new Map();
    return refused;
  }
}
