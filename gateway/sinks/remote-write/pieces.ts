/** A request is taken as a whole or not at all: what is refused is taken apart until only that is left. */
import type { Planned } from './sent-series.ts';
import type { WrittenSeries } from './write-request.ts';

/** Samples of one request: half a megabyte before snappy. What one device sends stays together. */
const maxSamples = 10_000;

export function samplesIn(series: readonly WrittenSeries[]): number {
  return series.reduce((count, { samples }) => count + samples.length, 0);
}

/** In order, and of one device one: its next is planned when this is written. */
export function* requestsOf(plans: Iterable<Planned>): Generator<readonly Planned[]> {
  let open: Planned[] = [];
  let samples = 0;
  for (const plan of plans) {
    const more = samplesIn(plan.series);
    if (open.length > 0 && samples + more > maxSamples) {
      yield open;
      [open, samples] = [[], 0];
    }
    open.push(plan);
    samples += more;
  }
  if (open.length > 0) yield open;
}

/** @returns undefined: one sample, it is what is refused. */
export function halves(
  series: readonly WrittenSeries[],
): readonly [readonly WrittenSeries[], readonly WrittenSeries[]] | undefined {
  const [first] = series;
  if (series.length > 1) {
    const middle = series.length >> 1;
    return [series.slice(0, middle), series.slice(middle)];
  }
  if (first === undefined || first.samples.length < 2) return undefined;
  const middle = first.samples.length >> 1;
  const { labels, samples } = first;
  return [[{ labels, samples: samples.slice(0, middle) }], [{ labels, samples: samples.slice(middle) }]];
}

/**
 * By time, the older first: what was written was written with all of its moment, and a receiver that has something newer takes
 * nothing older.
 * @returns undefined: one moment, it is too late
 */
export function timeHalves(
  series: readonly WrittenSeries[],
): readonly [readonly WrittenSeries[], readonly WrittenSeries[]] | undefined {
  const times = [...new Set(series.flatMap(({ samples }) => samples.map(({ timeMs }) => timeMs)))];
  const middle = times.sort((a, b) => a - b)[times.length >> 1];
  if (times.length < 2 || middle === undefined) return undefined;
  const part = (isIn: (timeMs: number) => boolean) =>
    series
      .map(({ labels, samples }) => ({ labels, samples: samples.filter(({ timeMs }) => isIn(timeMs)) }))
      .filter(({ samples }) => samples.length > 0);
  return [part(timeMs => timeMs < middle), part(timeMs => timeMs >= middle)];
}

/** Deliveries of which each device has one, in order: the second of a device comes after the first is written. */
export function roundsOf<Item extends { readonly origin: { readonly device: string } }>(
  deliveries: readonly Item[],
): Item[][] {
  const rounds: Item[][] = [];
  const seen = new Map<string, number>();
  for (const delivery of deliveries) {
    const round = seen.get(delivery.origin.device) ?? 0;
    seen.set(delivery.origin.device, round + 1);
    rounds[round] ??= [];
    rounds[round].push(delivery);
  }
  return rounds;
}
