/** One batch on its way: tried until it is through. What was taken of it is not sent again when the rest fails. */

import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import { TimeLimit } from '../../../core/io/time-limit.ts';
import type { Delivery, RecordSink, Refused } from '../delivery.ts';

/** Of one call of `deliver`, whatever its sink waits for. */
const longestTryMs = 5 * 60_000;

export interface SendingOptions {
  readonly sink: RecordSink;
  readonly refuse: (refused: readonly Refused[]) => Promise<void>;
  readonly count: (what: { readonly delivered: number; readonly again: number }) => void;
}

export class Sending {
  readonly #options: SendingOptions;
  /** Pieces of the batch, in order. */
  readonly #left: (readonly Delivery[])[];
  #wasTried = false;

  constructor(options: SendingOptions, deliveries: readonly Delivery[]) {
    this.#options = options;
    this.#left = deliveries.length === 0 ? [] : [deliveries];
  }

  /** @throws what the sink throws: `run` again goes on where it was */
  async run(signal: AbortSignal): Promise<void> {
    const { sink, refuse, count } = this.#options;
    for (let piece = this.#left[0]; piece !== undefined; piece = this.#left[0]) {
      const again = this.#wasTried ? piece.length : 0;
      this.#wasTried = true;
      using limit = new TimeLimit(longestTryMs);
      const limited = AbortSignal.any([signal, limit.signal]);
      let refused: readonly Refused[];
      try {
        refused = await sink.deliver(piece, limited);
      } catch (error) {
        count({ delivered: 0, again });
        if (!isRefusal(error)) throw error;
        this.#wasTried = false;
        if (piece.length > 1) {
          const middle = Math.ceil(piece.length / 2);
          this.#left.splice(0, 1, piece.slice(0, middle), piece.slice(middle));
          continue;
        }
        refused = piece.map(delivery => ({ delivery, reason: messageOf(error) }));
      }
      await refuse(refused);
      this.#left.shift();
      this.#wasTried = false;
      count({ delivered: piece.length - refused.length, again });
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof TowlineError && error.code === 'TELEMETRY_BATCH_REFUSED';
}
