/** Grafana Loki, by its push API in JSON. */
import type { Clock } from '../../../core/io/clock.ts';
import type { Delivery, DeliveryKind, RecordSink, Refused } from '../delivery.ts';
import { assertTaken } from '../http/answer.ts';
import type { SinkHttp } from '../http/sink-http.ts';
import { pushBody } from './push-body.ts';
import { StreamRoom } from './stream-room.ts';

export interface LokiOptions {
  readonly http: SinkHttp;
  readonly clock: Clock;
  /** Names of what makes a stream; what is none of them is structured metadata. */
  readonly labels: readonly string[];
  readonly tenant: string | undefined;
}

/** Few values each but for the device: a stream that many devices share would refuse what one of them was late with. */
export const defaultLabels = ['fleet', 'device_id', 'project', 'service', 'kind'];
const path = '/loki/api/v1/push';

export class Loki implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event']);
  readonly #options: LokiOptions;
  readonly #room = new StreamRoom();

  constructor(options: LokiOptions) {
    this.#options = options;
  }

  async deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Refused[]> {
    const { http, clock, labels, tenant } = this.#options;
    const nowMs = clock.monotonic();
    const body = pushBody(batch, labels, (device, stream) => this.#room.has(device, stream, nowMs));
    if (body === undefined) return [];
    const headers = {
      'content-type': 'application/json',
      ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
    };
    const answer = await http.send({ path, headers, body, gzip: true }, signal);
    if (answer.status === 400 && isAllOf(answer.body.toString('utf8'), batch.length))
      return batch.map(delivery => ({ delivery, reason: `400 ${answer.excerpt}` }));
    assertTaken(answer, http.where(path), clock.now());
    return [];
  }

  reload(): void {
    this.#options.http.forget();
  }

  async close(): Promise<void> {
    this.#options.http.close();
  }
}

/**
 * Of what Loki refuses with 400 (too far behind, too old, too new) it has taken the others, and says how many there were:
 * `total ignored: 2 out of 5`. Where it is all of them, none need be looked for.
 */
export function isAllOf(text: string, count: number): boolean {
  const [, ignored, total] = /total ignored: (\d{1,9}) out of (\d{1,9})\b/.exec(text) ?? [];
  return Number(ignored) === count && Number(total) === count;
}
