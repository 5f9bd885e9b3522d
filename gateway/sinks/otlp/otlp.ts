/** OTLP over HTTP, in protobuf: logs and events as log records, metrics as sums and gauges. */
import type { Clock } from '../../../core/io/clock.ts';
import type { Delivery, DeliveryKind, MetricsDelivery, RecordSink, Refused } from '../delivery.ts';
import { assertTaken } from '../http/answer.ts';
import type { SinkHttp } from '../http/sink-http.ts';
import { Progress } from '../progress.ts';
import { type PartialSuccess, readExportAnswer, statusMessage } from './export-answer.ts';
import { logRequest } from './log-request.ts';
import { metricRequests, type Piece, writeMetrics } from './metric-request.ts';

export interface OtlpOptions {
  readonly http: SinkHttp;
  readonly clock: Clock;
}

export class Otlp implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event', 'metrics']);
  readonly #options: OtlpOptions;
  readonly #progress = new Progress();

  constructor(options: OtlpOptions) {
    this.#options = options;
  }

  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const rest = this.#progress.rest(batch);
    const logs = rest.filter(delivery => delivery.kind !== 'metrics');
    if (logs.length > 0) {
      const answer = await this.#send('/v1/logs', logRequest(logs), signal);
      this.#settle(logs, answer, logs.length);
    }
    const metrics = rest.filter(delivery => delivery.kind === 'metrics');
    if (metrics.length > 0) await this.#deliverMetrics(metrics, signal);
    return this.#progress.end(batch);
  }

  reload(): void {
    this.#options.http.forget();
  }

  async close(): Promise<void> {
    this.#options.http.close();
  }

  async #deliverMetrics(batch: readonly MetricsDelivery[], signal: AbortSignal): Promise<void> {
    let refused = new Map<Delivery, string>();
    for (const request of metricRequests(batch)) {
      if (request.points > 0) {
        const answer = await this.#send('/v1/metrics', writeMetrics(request), signal);
        if (answer.rejected > 0) {
          const reason = reasonOf(answer, request.points, 'points');
          for (const { delivery } of request.pieces) refused.set(delivery, reason);
        }
      }
      this.#settlePieces(request.pieces, refused);
      const open = request.pieces.at(-1);
      const reason = open === undefined || open.isLast ? undefined : refused.get(open.delivery);
      refused = new Map(open === undefined || reason === undefined ? [] : [[open.delivery, reason]]);
    }
  }

  #settlePieces(pieces: readonly Piece[], refused: ReadonlyMap<Delivery, string>): void {
    for (const { delivery, isLast } of pieces) {
      if (!isLast) continue;
      const reason = refused.get(delivery);
      if (reason === undefined) this.#progress.taken(delivery);
      else this.#progress.refused(delivery, reason);
    }
  }

  /**
   * Which were rejected the receiver does not say, and the specification forbids to send any of them again: all of these
   * go to the dead letters, where a person can send them by hand.
   */
  #settle(batch: readonly Delivery[], answer: PartialSuccess, count: number): void {
    for (const delivery of batch) {
      if (answer.rejected === 0) this.#progress.taken(delivery);
      else this.#progress.refused(delivery, reasonOf(answer, count, 'records'));
    }
  }

  async #send(path: string, body: Uint8Array, signal: AbortSignal): Promise<PartialSuccess> {
    const { http, clock } = this.#options;
    const headers = { 'content-type': 'application/x-protobuf' };
    const answer = await http.send({ path, headers, body, gzip: true }, signal);
    const excerpt = statusMessage(answer) ?? answer.excerpt;
    assertTaken({ ...answer, excerpt }, http.where(path), clock.now());
    return readExportAnswer(answer);
  }
}

function reasonOf({ rejected, message }: PartialSuccess, count: number, what: string): string {
  return `the receiver took not all of ${count} ${what}: ${rejected} rejected, and it does not say which: ${message}`;
}
