/**
 * Since when a counter counts, where the same moment says so: of a container by cAdvisor's `container_start_time_seconds`, of
 * the machine by node-exporter's `node_boot_time_seconds`. Nothing is remembered between batches, and nothing is guessed.
 */
import type { MetricBlock, Series } from '../../../core/telemetry/record/metrics.ts';
import { type Instant, instantOfMs } from '../instant.ts';

const containerStart = 'container_start_time_seconds';
const bootTime = 'node_boot_time_seconds';
/** One, if it is told apart by its other labels a few. */
const mostOfContainer = 8;

export class StartTimes {
  /** Number of a series → number of the series that says when it began. */
  readonly #source = new Map<number, number>();

  constructor({ series }: MetricBlock) {
    const numbered = [...series.entries()];
    // By the container they name: looked for in all, a few thousand series of a device would hold up the gateway for minutes.
    const containers = Map.groupBy(
      numbered.filter(([, { name }]) => name === containerStart),
      ([, { labels }]) => labels.container,
    );
    const boot = numbered.find(([, { name }]) => name === bootTime)?.[0];
    for (const [number, one] of numbered) {
      if (one.type !== 'counter') continue;
      const source = one.name.startsWith('container_')
        ? containers
            .get(one.labels.container)
            ?.slice(0, mostOfContainer)
            .find(([, start]) => isOf(one, start))?.[0]
        : one.name.startsWith('node_')
          ? boot
          : undefined;
      if (source !== undefined) this.#source.set(number, source);
    }
  }

  /** @param values of one moment. @returns undefined: not known */
  of(number: number, values: readonly (number | null)[]): Instant | undefined {
    const source = this.#source.get(number);
    const seconds = source === undefined ? undefined : values[source];
    if (typeof seconds !== 'number' || !(seconds > 0 && seconds < 2 ** 40)) return undefined;
    return instantOfMs(Math.floor(seconds * 1000));
  }
}

/** Of the same container: it has all labels that its start has. */
function isOf({ labels }: Series, start: Series): boolean {
  return Object.entries(start.labels).every(([name, value]) => labels[name] === value);
}
