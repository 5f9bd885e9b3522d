/** Elasticsearch and OpenSearch: data streams by `_bulk`, a document for each record, with the record's id. */

import { TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Delivery, DeliveryKind, RecordSink, Refused } from '../delivery.ts';
import { assertTaken } from '../http/answer.ts';
import type { SinkHttp } from '../http/sink-http.ts';
import { Progress } from '../progress.ts';
import { readBulkAnswer, type Verdict } from './bulk-answer.ts';
import { type BulkItem, bulkBodies } from './bulk-body.ts';
import { Installation } from './installation.ts';

export interface ElasticsearchOptions {
  readonly http: SinkHttp;
  readonly clock: Clock;
  /** Last part of the data streams' names. */
  readonly namespace: string;
  /** Also as documents: many. */
  readonly metrics: boolean;
  readonly templates: boolean;
  readonly retentionDays: number | undefined;
  /** Of each `_bulk` request, such as `pipeline`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** An answer has some 500 bytes for a document that is refused, 30 for one that is taken. */
const maxAnswerBytes = 8 * 1024 * 1024;
/** Of the answer nothing else is looked at. */
const filterPath = 'errors,items.*.status,items.*.error';

export class Elasticsearch implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind>;
  readonly #options: ElasticsearchOptions;
  readonly #path: string;
  readonly #progress = new Progress();
  #isInstalled: boolean;

  constructor(options: ElasticsearchOptions) {
    this.#options = options;
    this.takes = new Set(options.metrics ? ['log', 'event', 'metrics'] : ['log', 'event']);
    this.#path = `/_bulk?${new URLSearchParams({ filter_path: filterPath, ...options.parameters })}`;
    this.#isInstalled = !options.templates;
  }

  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const { http, clock, namespace, metrics, retentionDays } = this.#options;
    if (!this.#isInstalled) {
      const installation = new Installation(http, () => clock.now());
      await installation.install({ types: metrics ? ['logs', 'metrics'] : ['logs'], retentionDays }, signal);
      this.#isInstalled = true;
    }
    const outcome = new Outcome(this.#progress);
    for (const items of bulkBodies(this.#progress.rest(batch), namespace)) {
      outcome.add(items, await this.#send(items, signal));
    }
    outcome.end();
    return this.#progress.end(batch);
  }

  reload(): void {
    this.#options.http.forget();
  }

  async close(): Promise<void> {
    this.#options.http.close();
  }

  async #send(items: readonly BulkItem[], signal: AbortSignal): Promise<readonly Verdict[]> {
    const { http, clock } = this.#options;
    const headers = { 'content-type': 'application/x-ndjson' };
    const body = items.map(({ text }) => text).join('');
    const answer = await http.send({ path: this.#path, headers, body, gzip: true, maxAnswerBytes }, signal);
    assertTaken(answer, http.where('/_bulk'), clock.now());
    return readBulkAnswer(answer.body, items.length);
  }
}

/** Verdicts on documents, as a verdict on each delivery. */
class Outcome {
  readonly #progress: Progress;
  /** On the delivery whose documents are just answered: why it is refused, whether it must come again. */
  #reason: string | undefined;
  #again = false;
  #count = 0;
  #first: Extract<Verdict, { kind: 'busy' | 'denied' }> | undefined;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  add(items: readonly BulkItem[], verdicts: readonly Verdict[]): void {
    for (const [number, { delivery, isLast }] of items.entries()) {
      const verdict = verdicts[number];
      if (verdict?.kind === 'refused') this.#reason ??= verdict.reason;
      if (verdict?.kind === 'busy' || verdict?.kind === 'denied') {
        this.#again = true;
        this.#count += 1;
        this.#first ??= verdict;
      }
      if (!isLast) continue;
      if (!this.#again) {
        if (this.#reason === undefined) this.#progress.taken(delivery);
        else this.#progress.refused(delivery, this.#reason);
      }
      this.#again = false;
      this.#reason = undefined;
    }
  }

  /** @throws TowlineError TELEMETRY_RECEIVER_BUSY, TELEMETRY_RECEIVER_DENIES where documents must come again */
  end(): void {
    if (this.#first === undefined) return;
    const code = this.#first.kind === 'busy' ? 'TELEMETRY_RECEIVER_BUSY' : 'TELEMETRY_RECEIVER_DENIES';
    throw new TowlineError(code, `${this.#count} documents were not taken: ${this.#first.reason}`);
  }
}
