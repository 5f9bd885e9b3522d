/** The sinks of this gateway, each with a follower of its own. */
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { StatusBranch } from '../fleet-status/status-branch.ts';
import type { StatusPage, StoppedMain } from '../fleet-status/status-page.ts';
import type { GitRunner } from '../git/git-runner.ts';
import type { Metric } from '../plain-port/metric.ts';
import type { DeviceReports } from './device-reports.ts';
import { FleetStatus } from './fleet-status.ts';
import { Follower, type FollowerOptions } from './follower.ts';
import type { Sink } from './sink.ts';

export interface SinksOptions extends Omit<FollowerOptions, 'sink' | 'source' | 'read'> {
  readonly reports: DeviceReports;
  readonly telemetryGit: string;
  readonly runner: GitRunner;
  readonly stopped: () => StoppedMain | undefined;
  readonly auditHead?: () => StatusPage['auditHead'];
}

export type SinkKind = 'fleet-status';

/** A new sink: its file, and a line here. */
const sinks: { readonly [Kind in SinkKind]: (options: SinksOptions) => Sink } = {
  'fleet-status': options => new FleetStatus({ ...options, branch: new StatusBranch(options) }),
};

export class Sinks {
  readonly #options: SinksOptions;
  readonly #source: GitCatFileSource;
  #ended: Promise<unknown> = Promise.resolve();
  #made: readonly Sink[] = [];

  constructor(options: SinksOptions) {
    this.#options = options;
    this.#source = new GitCatFileSource(options.telemetryGit);
  }

  /** Runs them until the signal is aborted. */
  follow(signal: AbortSignal): void {
    this.#made = Object.values(sinks).map(make => make(this.#options));
    const followers = this.#made.map(
      sink =>
        new Follower({
          ...{ ...this.#options, source: this.#source, sink },
          read: this.#options.reports.reader(),
        }),
    );
    this.#ended = Promise.all(followers.map(follower => follower.run(signal)));
  }

  metrics(): Metric[] {
    return this.#made.flatMap(sink => sink.metrics?.() ?? []);
  }

  async close(): Promise<void> {
    await this.#ended;
    await this.#source[Symbol.asyncDispose]();
  }
}
