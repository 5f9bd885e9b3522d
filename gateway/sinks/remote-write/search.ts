/**
 * One request's worth, until each sample of it is written or refused. A request is taken whole or not at all: what is refused is
 * taken apart, by its devices, then by time where it came too late, else by its series. What passes (503, no connection) leaves
 * the rest where it is: `run` again goes on there.
 */
import { halves, samplesIn, timeHalves } from './pieces.ts';
import { isTooLate, type Refusals } from './refusal.ts';
import type { Planned } from './sent-series.ts';
import type { WrittenSeries } from './write-request.ts';

/** What is done once for all requests of a batch. */
export interface SearchOptions {
  /** @returns why it is refused for good; undefined: it is taken. @throws what passes */
  readonly ask: (series: readonly WrittenSeries[], signal: AbortSignal) => Promise<string | undefined>;
  readonly refusals: Refusals;
  readonly refused: (samples: number) => void;
  /** Requests that look for what is refused; then what is left with it counts as refused. */
  readonly left: { requests: number };
}

interface Piece {
  /** Empty: part of a plan. */
  readonly plans: readonly Planned[];
  readonly series: readonly WrittenSeries[];
  /** Of one device: requests that look for what is new where some is there already. */
  readonly late: { requests: number };
}

/** Beyond it what is left of the device came too late as well: a delivery has some twenty moments. */
const maxLateRequests = 128;

export class Search {
  readonly plans: readonly Planned[];
  readonly #options: SearchOptions;
  /** The next one first. */
  readonly #pieces: Piece[];

  /** @param plans one of each device */
  constructor(options: SearchOptions, plans: readonly Planned[]) {
    this.plans = plans;
    this.#options = options;
    this.#pieces = [pieceOf(plans)];
  }

  async run(signal: AbortSignal): Promise<void> {
    const { ask, refusals, refused } = this.#options;
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const { series } = piece;
      const refusal = series.length === 0 ? undefined : await ask(series, signal);
      this.#pieces.shift();
      if (refusal === undefined) continue;
      const parts = this.#mayLook(piece, refusal) ? partsOf(piece, refusal) : undefined;
      if (parts !== undefined) {
        this.#pieces.unshift(...parts);
        continue;
      }
      refusals.add(series, refusal);
      refused(samplesIn(series));
    }
  }

  #mayLook({ plans, late }: Piece, refusal: string): boolean {
    const isOfDevices = plans.length > 1;
    if (isTooLate(refusal) && isOfDevices) return true;
    const { requests } = isTooLate(refusal) ? late : this.#options.left;
    if (isTooLate(refusal)) late.requests -= 2;
    else this.#options.left.requests -= 2;
    return requests > 0;
  }
}

function pieceOf(plans: readonly Planned[]): Piece {
  return { plans, series: plans.flatMap(plan => plan.series), late: { requests: maxLateRequests } };
}

/** @returns undefined: it is what is refused */
function partsOf({ plans, series, late }: Piece, refusal: string): readonly Piece[] | undefined {
  const middle = plans.length >> 1;
  if (middle > 0) return [plans.slice(0, middle), plans.slice(middle)].map(pieceOf);
  const parts = isTooLate(refusal) ? timeHalves(series) : halves(series);
  return parts?.map(part => ({ plans: [], series: part, late }));
}
