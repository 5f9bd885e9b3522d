/** fleet.git as devices fetch from it: what is served, and what was answered before. */
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/io/clock.ts';
import type { Bus } from '../bus/bus.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import { RateLimiter } from '../limits/device-limits.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';
import { fleetRoutes } from './fleet-routes.ts';
import type { GitRunner } from './git-runner.ts';
import { PackCache } from './pack-cache.ts';
import { RequestBudget } from './request-budget.ts';
import { ServedCommits } from './served-commits.ts';
import { ServedRefs } from './served-refs.ts';

export interface FleetGitOptions {
  readonly fleetGit: string;
  /** For packs that do not stay in memory. */
  readonly incoming: string;
  readonly limits: {
    readonly packCacheBytes: number;
    readonly packDiskBytes: number;
    readonly fetchesPerMinute: number;
    readonly gitTimeoutMs: number;
    readonly requestTimeoutMs: number;
  };
  readonly runner: GitRunner;
  readonly bus: Bus;
  readonly clock: Clock;
}

export class FleetGit {
  readonly refs: ServedRefs;
  readonly cache: PackCache;
  readonly #options: FleetGitOptions;
  readonly #stop: AbortController;

  static async open(options: FleetGitOptions): Promise<FleetGit> {
    const stop = new AbortController();
    const commits = new ServedCommits(options.runner, options.fleetGit, stop.signal);
    const refs = new ServedRefs(options.fleetGit, commits);
    await refs.refresh();
    return new FleetGit(options, refs, stop);
  }

  private constructor(options: FleetGitOptions, refs: ServedRefs, stop: AbortController) {
    const { incoming, limits, bus } = options;
    this.#options = options;
    this.#stop = stop;
    this.refs = refs;
    let spills = 0;
    this.cache = new PackCache(
      { memoryBytes: limits.packCacheBytes, diskBytes: limits.packDiskBytes },
      async () => {
        const path = join(incoming, `answer-${spills++}`);
        const file = await open(path, 'wx+', 0o600);
        await unlink(path);
        return file;
      },
    );
    let { main } = refs;
    refs.onChange(() => {
      this.cache.clear();
      if (refs.main !== main) bus.announce('main');
      main = refs.main;
    });
  }

  mount({ http }: DevicePort): void {
    const { fleetGit, limits, runner, clock } = this.#options;
    fleetRoutes(http, {
      gitDirectory: fleetGit,
      refs: this.refs,
      cache: this.cache,
      runner,
      misses: new RateLimiter(limits.fetchesPerMinute, clock),
      // A fetch begins with one; and one that found nothing new.
      asks: new RequestBudget(limits.fetchesPerMinute * 2, clock),
      gitTimeoutMs: limits.gitTimeoutMs,
      sendStallMs: limits.requestTimeoutMs * 2,
      signal: this.#stop.signal,
    });
  }

  metrics(): Metric[] {
    const { hits, misses, memoryBytes } = this.cache;
    return [
      counter('towline_gateway_pack_hits_total', 'Fetches answered from the cache.', hits),
      counter('towline_gateway_pack_misses_total', 'Fetches that git was asked for.', misses),
      gauge('towline_gateway_pack_cache_bytes', 'Packs held in memory.', memoryBytes),
    ];
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the gateway is shutting down'));
    this.cache.clear();
  }
}
