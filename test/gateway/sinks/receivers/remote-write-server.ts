/**
 * A receiver of remote write 1.0 with the rules of Prometheus 2.42: a request is taken whole or not at all, nothing is older than
 * the newest of its series, and the same sample once more is no error.
 */
import { readRequest } from '../remote-write/written.ts';
import { type Answer, HttpReceiver, type Received } from './http-receiver.ts';

export interface WrittenSample {
  /** `name=value`, sorted. */
  readonly labels: readonly string[];
  readonly timeMs: number;
  readonly value: string;
}

export class RemoteWriteServer extends HttpReceiver {
  readonly samples: WrittenSample[] = [];
  /** Those that were there already. */
  again = 0;
  readonly #newest = new Map<string, { readonly timeMs: number; readonly value: string }>();

  protected respond({ path, method, headers, body }: Received): Answer {
    if (path !== '/api/v1/write' || method !== 'POST') return { status: 404 };
    if (headers['content-encoding'] !== 'snappy') return { status: 400, body: 'snappy: corrupt input' };
    const taken: WrittenSample[] = [];
    const newest = new Map<string, { readonly timeMs: number; readonly value: string }>();
    let again = 0;
    for (const { labels, samples } of readRequest(body)) {
      const key = labels.join(' ');
      for (const sample of samples) {
        const [time = '', value = ''] = sample.split('=');
        const timeMs = Number(time);
        const before = newest.get(key) ?? this.#newest.get(key);
        if (before !== undefined && timeMs < before.timeMs)
          return { status: 400, body: 'out of order sample' };
        if (before?.timeMs === timeMs) {
          if (before.value !== value) return { status: 400, body: 'duplicate sample for timestamp' };
          again += 1;
          continue;
        }
        newest.set(key, { timeMs, value });
        taken.push({ labels, timeMs, value });
      }
    }
    for (const [key, sample] of newest) this.#newest.set(key, sample);
    this.samples.push(...taken);
    this.again += again;
    return { status: 204 };
  }
}
