/** What a receiver has taken of a batch that it did not take whole: the rest alone is sent when the batch comes again. */
import type { Delivery, Refused } from './delivery.ts';

export class Progress {
  /** By id: undefined for what is delivered. Of one batch, so never more than that. */
  #through = new Map<string, Refused | undefined>();

  /** What is still to be sent. */
  rest(batch: readonly Delivery[]): readonly Delivery[] {
    return this.#through.size === 0 ? batch : batch.filter(({ id }) => !this.#through.has(id));
  }

  taken({ id }: Delivery): void {
    this.#through.set(id, undefined);
  }

  refused(delivery: Delivery, reason: string): void {
    this.#through.set(delivery.id, { delivery, reason });
  }

  /** The batch is through: what was refused of it, also when it came before. */
  end(batch: readonly Delivery[]): readonly Refused[] {
    const refused = batch.flatMap(({ id }) => this.#through.get(id) ?? []);
    this.#through = new Map();
    return refused;
  }
}
