/** telemetry.git as devices push to it. */
import type { Logger } from 'pino';
import type { Clock } from '../../core/io/clock.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { ObjectSource } from '../../core/trust/git/object-source.ts';
import type { Audit } from '../admission/audit.ts';
import { Departures } from '../admission/departures.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { fleetStatusRef } from '../fleet-status/status-branch.ts';
import { RateLimiter } from '../limits/device-limits.ts';
import { Slots } from '../limits/slots.ts';
import { counter, type Metric } from '../plain-port/metric.ts';
import { PushIntake } from './push-intake.ts';
import { pointHead } from './ref-writer.ts';
import { StoredBudget, storedBytesPerDay } from './stored-budget.ts';
import { telemetryRoutes } from './telemetry-routes.ts';
import { TelemetryStore } from './telemetry-store.ts';

export interface TelemetryGitOptions {
  readonly telemetryGit: string;
  /** For pushes that do not stay in memory. */
  readonly incoming: string;
  readonly limits: {
    readonly maxPushBytes: number;
    readonly maxPushObjects: number;
    readonly maxUnpackedBytes: number;
    readonly pushesPerMinute: number;
  };
  readonly view: FleetViewHolder;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
}

export class TelemetryGit {
  readonly store: TelemetryStore;
  readonly departures: Departures;
  /** Of whoever pushes to a device's branch. */
  readonly intake: PushIntake;
  readonly #options: TelemetryGitOptions;
  readonly #objects: GitCatFileSource;
  #port: DevicePort | undefined;
  readonly #stop = new AbortController();

  static async open(options: TelemetryGitOptions): Promise<TelemetryGit> {
    const { telemetryGit, limits } = options;
    // Also where an older version made the repository: a clone of it had no branch to check out.
    await pointHead(telemetryGit, fleetStatusRef);
    const objects = new GitCatFileSource(telemetryGit);
    const packLimits = { maxObjects: limits.maxPushObjects, maxUnpackedBytes: limits.maxUnpackedBytes };
    return new TelemetryGit(options, objects, await TelemetryStore.open(telemetryGit, packLimits, objects));
  }

  private constructor(options: TelemetryGitOptions, objects: GitCatFileSource, store: TelemetryStore) {
    this.#options = options;
    this.#objects = objects;
    this.store = store;
    const { view, log } = options;
    const tip = (ref: string) => store.tip(ref);
    const onChange = () => this.#port?.judgeAgain();
    this.departures = new Departures({ view, source: objects, tip, log, onChange });
    view.onChange(() => this.departures.look());
    this.intake = new PushIntake({
      departures: this.departures,
      store,
      pushes: new RateLimiter(options.limits.pushesPerMinute, options.clock),
      stored: new StoredBudget(() => storedBytesPerDay(view.current.fleet), options.clock),
      audit: options.audit,
      unpacking: new Slots({ size: 2, maxWaiting: 4096 }),
      maxPushBytes: options.limits.maxPushBytes,
      folder: options.incoming,
      signal: this.#stop.signal,
    });
  }

  mount(port: DevicePort): void {
    const { maxPushBytes } = this.#options.limits;
    this.#port = port;
    telemetryRoutes(port.http, { store: this.store, intake: this.intake, port, maxPushBytes });
  }

  /** What it holds. */
  get source(): ObjectSource {
    return this.#objects;
  }

  metrics(): Metric[] {
    return [counter('towline_gateway_pushes_total', 'Telemetry pushes taken in.', this.store.pushes)];
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the gateway is shutting down'));
    await this.store.settled();
    await this.departures.settled();
    await this.#objects[Symbol.asyncDispose]();
  }
}
