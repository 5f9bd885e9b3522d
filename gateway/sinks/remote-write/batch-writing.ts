/** One batch on its way to the receiver, over as many tries as it takes: what was settled of it is not asked again. */
import { isTowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { MetricsDelivery, Refused } from '../delivery.ts';
import { assertTaken } from '../http/answer.ts';
import type { SinkHttp } from '../http/sink-http.ts';
import type { DroppedCounts } from './delivered-rows.ts';
import { requestsOf, roundsOf, samplesIn } from './pieces.ts';
import { Refusals } from './refusal.ts';
import { Search, type SearchOptions } from './search.ts';
import type { Planned, SentSeries } from './sent-series.ts';
import { writeRequest } from './write-request.ts';

export interface BatchWritingOptions {
  readonly http: Pick<SinkHttp, 'send' | 'where'>;
  readonly sent: SentSeries;
  readonly clock: Clock;
  readonly counted: {
    readonly written: (samples: number) => void;
    readonly refused: (samples: number) => void;
    readonly dropped: (samples: DroppedCounts) => void;
  };
}

const headers = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};
/** Requests of one batch that look for what is refused; then what is left with it counts as refused. */
const maxSearches = 256;

/** Of one delivery of each device. */
interface Round {
  readonly deliveries: ReadonlyMap<Planned, MetricsDelivery>;
  /** The next one first. */
  readonly searches: Search[];
}

export class BatchWriting {
  readonly #options: BatchWritingOptions;
  readonly #deliveries: readonly MetricsDelivery[];
  readonly #rounds: (readonly MetricsDelivery[])[];
  readonly #refusals = new Refusals();
  readonly #left = { requests: maxSearches };
  readonly #refused: Refused[] = [];
  #round: Round | undefined;

  constructor(options: BatchWritingOptions, deliveries: readonly MetricsDelivery[]) {
    this.#options = options;
    this.#deliveries = deliveries;
    this.#rounds = roundsOf(deliveries);
  }

  isOf(deliveries: readonly MetricsDelivery[]): boolean {
    const mine = this.#deliveries;
    return mine.length === deliveries.length && mine.every(({ id }, at) => id === deliveries[at]?.id);
  }

  /** @returns those of which nothing was taken. @throws TowlineError what passes */
  async run(signal: AbortSignal): Promise<readonly Refused[]> {
    for (;;) {
      this.#round ??= this.#next();
      if (this.#round === undefined) return this.#refused;
      const { searches, deliveries } = this.#round;
      for (let search = searches[0]; search !== undefined; search = searches[0]) {
        await search.run(signal);
        searches.shift();
        for (const plan of search.plans) this.#settle(plan);
      }
      for (const [plan, delivery] of deliveries) {
        const reason = this.#refusals.reasonFor(plan.series);
        if (reason !== undefined) this.#refused.push({ delivery, reason });
      }
      this.#round = undefined;
    }
  }

  #next(): Round | undefined {
    const { sent, clock, counted } = this.#options;
    const round = this.#rounds.shift();
    if (round === undefined) return undefined;
    const nowMs = clock.now();
    const deliveries = new Map(round.map(delivery => [sent.plan(delivery, nowMs), delivery]));
    const asking: SearchOptions = {
      ask: (series, signal) => this.#ask(series, signal),
      ...{ refusals: this.#refusals, refused: counted.refused, left: this.#left },
    };
    const searches = [...requestsOf(deliveries.keys())].map(plans => new Search(asking, plans));
    return { deliveries, searches };
  }

  #settle(plan: Planned): void {
    const { sent, counted } = this.#options;
    sent.written(plan);
    counted.dropped(plan.dropped);
  }

  async #ask(...[series, signal]: Parameters<SearchOptions['ask']>): Promise<string | undefined> {
    const { http, clock, counted } = this.#options;
    const answer = await http.send({ headers, body: writeRequest(series) }, signal);
    try {
      assertTaken(answer, http.where(), clock.now());
    } catch (error) {
      if (!isTowlineError(error) || error.code !== 'TELEMETRY_BATCH_REFUSED') throw error;
      return error.message;
    }
    counted.written(samplesIn(series));
    return undefined;
  }
}
