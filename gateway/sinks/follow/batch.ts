/** What goes to a receiver at once, and how far each device is with it. */
import type { Delivery } from '../delivery.ts';
import type { Position } from './position.ts';
import { sizeOf } from './shared-reading.ts';

const perValue = 24;
const perSeries = 150;

export interface BatchLimits {
  readonly records: number;
  readonly bytes: number;
}

export class Batch {
  readonly deliveries: Delivery[] = [];
  /** Where each device will be when all of it is delivered. */
  readonly ends = new Map<string, Position>();
  /** Since when the first of it waits, by the monotonic clock; of an empty one, never. */
  sinceMs = Number.POSITIVE_INFINITY;
  readonly #limits: BatchLimits;
  #bytes = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.deliveries.length === 0 && this.ends.size === 0;
  }

  /** One that is larger than all of a batch goes alone. */
  get isFull(): boolean {
    return this.deliveries.length >= this.#limits.records || this.#bytes >= this.#limits.bytes;
  }

  add(delivery: Delivery): void {
    this.deliveries.push(delivery);
    this.#bytes += bytesOf(delivery);
  }
}

function bytesOf(delivery: Delivery): number {
  if (delivery.kind !== 'metrics') return sizeOf(delivery.record);
  return delivery.blocks.reduce(
    (sum, { series, moments }) => sum + series.length * (perSeries + moments.length * perValue),
    0,
  );
}
