/** The device port with everything behind it: fleet.git, telemetry.git, hints, enrolment. */
import { mkdir, open, rm, unlink } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../core/io/clock.ts';
import { GitCatFileSource } from '../core/io/git/git-object-source.ts';
import type { Audit } from './admission/audit.ts';
import { DevicePort } from './device-port/device-port.ts';
import type { TlsFiles } from './device-port/device-server-options.ts';
import { Hints } from './device-port/hints.ts';
import { EnrolmentDesk } from './enrolment/enrolment-desk.ts';
import { publishStatements } from './enrolment/enrolment-ref.ts';
import { enrolmentRoute } from './enrolment/enrolment-route.ts';
import type { FleetViewHolder } from './fleet/fleet-view-holder.ts';
import { fleetRoutes } from './git/fleet-routes.ts';
import type { GitRunner } from './git/git-runner.ts';
import { PackCache } from './git/pack-cache.ts';
import { RequestBudget } from './git/request-budget.ts';
import { ServedCommits } from './git/served-commits.ts';
import { ServedRefs } from './git/served-refs.ts';
import { RateLimiter } from './limits/device-limits.ts';
import { Slots } from './limits/slots.ts';
import type { GatewaySettings } from './settings.ts';
import { StoredBudget, storedBytesPerDay } from './telemetry/stored-budget.ts';
import { telemetryRoutes } from './telemetry/telemetry-routes.ts';
import { TelemetryStore } from './telemetry/telemetry-store.ts';

export interface DeviceServiceOptions {
  readonly settings: GatewaySettings;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly tls: TlsFiles;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
}

interface DeviceServiceParts {
  readonly incoming: string;
  readonly objects: GitCatFileSource;
  readonly telemetry: TelemetryStore;
  readonly refs: ServedRefs;
  readonly stop: AbortController;
}

export class DeviceService {
  readonly port: DevicePort;
  readonly refs: ServedRefs;
  readonly cache: PackCache;
  readonly hints: Hints;
  readonly telemetry: TelemetryStore;
  readonly enrolments: EnrolmentDesk;
  readonly #stop: AbortController;
  readonly #objects: GitCatFileSource;

  static async create(options: DeviceServiceOptions): Promise<DeviceService> {
    const { stateDirectory, limits } = options.settings;
    const incoming = join(stateDirectory, 'incoming');
    await rm(incoming, { recursive: true, force: true });
    await mkdir(incoming, { recursive: true, mode: 0o700 });
    const objects = new GitCatFileSource(options.settings.telemetryGit);
    const packLimits = { maxObjects: limits.maxPushObjects, maxUnpackedBytes: limits.maxUnpackedBytes };
    const telemetry = await TelemetryStore.open(options.settings.telemetryGit, packLimits, objects);
    const stop = new AbortController();
    const commits = new ServedCommits(options.runner, options.settings.fleetGit, stop.signal);
    const refs = new ServedRefs(options.settings.fleetGit, commits);
    await refs.refresh();
    const service = new DeviceService(options, { incoming, objects, telemetry, refs, stop });
    await service.enrolments.load();
    return service;
  }

  private constructor(
    options: DeviceServiceOptions,
    { incoming, objects, telemetry, refs, stop }: DeviceServiceParts,
  ) {
    const { settings, clock } = options;
    const { limits } = settings;
    this.#stop = stop;
    this.#objects = objects;
    this.telemetry = telemetry;
    this.refs = refs;
    this.hints = new Hints();
    this.enrolments = this.#desk(options);
    this.port = new DevicePort({
      ...options,
      waitingDevice: key => this.enrolments.waitingDevice(key),
      limits,
      requestTimeoutMs: limits.requestTimeoutMs,
    });
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
    fleetRoutes(this.port.http, {
      gitDirectory: settings.fleetGit,
      refs,
      cache: this.cache,
      runner: options.runner,
      misses: new RateLimiter(limits.fetchesPerMinute, clock),
      // A fetch begins with one; and one that found nothing new.
      asks: new RequestBudget(limits.fetchesPerMinute * 2, clock),
      gitTimeoutMs: limits.gitTimeoutMs,
      sendStallMs: limits.requestTimeoutMs * 2,
      signal: this.#stop.signal,
    });
    telemetryRoutes(this.port.http, {
      store: telemetry,
      port: this.port,
      pushes: new RateLimiter(limits.pushesPerMinute, clock),
      stored: new StoredBudget(() => storedBytesPerDay(options.view.current.fleet), clock),
      audit: options.audit,
      unpacking: new Slots({ size: 2, maxWaiting: 4096 }),
      maxPushBytes: limits.maxPushBytes,
      folder: incoming,
      signal: this.#stop.signal,
    });
    this.hints.route(this.port.http);
    enrolmentRoute(this.port.http, {
      desk: this.enrolments,
      port: this.port,
      audit: options.audit,
      attempts: new RateLimiter(limits.enrolmentsPerMinute, clock),
    });
    let main = refs.main;
    refs.onChange(() => {
      this.cache.clear();
      if (refs.main !== main) this.hints.look();
      main = refs.main;
    });
  }

  #desk({ settings, view, runner, clock, log }: DeviceServiceOptions): EnrolmentDesk {
    const { fleet, stateDirectory, telemetryGit } = settings;
    const desk = new EnrolmentDesk({
      fleet,
      folder: join(stateDirectory, 'enrolments'),
      view,
      clock,
      publish: (device, statements) =>
        publishStatements(runner, telemetryGit, device, statements, this.#stop.signal),
      onDamage: (file, error) => log.warn({ file, err: error }, 'a damaged enrolment is left out'),
    });
    view.onChange(current => {
      desk.sweep(current).catch(error => log.error({ err: error }, 'enrolments cannot be swept'));
    });
    return desk;
  }

  listen(host: string, port: number): Promise<AddressInfo> {
    return this.port.listen(host, port);
  }

  async close(graceMs: number): Promise<void> {
    this.hints.close();
    await this.port.close(graceMs);
    this.#stop.abort(new Error('the gateway is shutting down'));
    await this.telemetry.settled();
    this.cache.clear();
    await this.#objects[Symbol.asyncDispose]();
  }
}
