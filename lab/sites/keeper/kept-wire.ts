/** The uplink of a site as the keeper holds it: what a person has done to it, and whether its time of outage has come. */

import type { LinkQuality } from '../lab-plan.ts';
import type { WireOrder, WireState } from './keeper-order.ts';
import { KeptPart } from './kept-part.ts';
import { isOut } from './outage.ts';
import { wireCommand, wireOrder } from './wire.ts';

export class KeptWire {
  readonly part: KeptPart;
  readonly #order: WireOrder;
  #quality: LinkQuality;
  /** Undefined: nobody has cut it. */
  #cutUntilMs: number | undefined;
  #told = '';
  #toldTo: NodeJS.WritableStream | undefined;

  constructor(order: WireOrder) {
    this.#order = order;
    this.#quality = order.quality;
    const { site, taps, place, log } = order;
    this.part = new KeptPart({
      ...{ name: `${site}-uplink`, command: wireCommand(taps, place), log },
      environment: { PATH: process.env.PATH ?? '' },
    });
  }

  state(nowMs: number): WireState {
    const until = this.#cutUntilMs;
    const isCut = until !== undefined && nowMs < until;
    const word = isCut ? 'cut' : isOut(this.#order.outages, nowMs) ? 'outage' : 'up';
    const untilMs = isCut && Number.isFinite(until) ? until : null;
    return { site: this.#order.site, quality: this.#quality, state: word, untilMs };
  }

  set(quality: LinkQuality): void {
    this.#quality = quality;
  }

  cut(untilMs: number | null): void {
    this.#cutUntilMs = untilMs ?? Number.POSITIVE_INFINITY;
  }

  /** As lab.yaml has it. */
  mend(): void {
    this.#cutUntilMs = undefined;
    this.#quality = this.#order.quality;
  }

  /** Tells the program what holds now, where that is something else than before. */
  tell(nowMs: number): void {
    const order = wireOrder(this.#quality, this.state(nowMs).state !== 'up');
    const { input } = this.part;
    if (order === this.#told && input === this.#toldTo) return;
    input?.write(order);
    this.#told = order;
    this.#toldTo = input;
  }
}
