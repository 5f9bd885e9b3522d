/** What devices said, as this clone has it: fetched now and then; of those that somebody looks at, as soon as it is there. */
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { LastingObjectSource } from '../../core/io/git/lasting-object-source.ts';
import type { Log } from '../../core/log.ts';
import { type DeviceReport, readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRef, telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { FleetSource } from '../../portal/home/fleet-source.ts';
import type { TelemetrySource } from '../../portal/home/telemetry-source.ts';
import { fetchRefs, listRefs, refsIn } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import type { TelemetryRepository } from '../status/telemetry.ts';
import { LookedAt } from './looked-at.ts';

export interface DeskTelemetryOptions {
  readonly repository: TelemetryRepository;
  /** Where it is fetched from; undefined: it is the repository itself. */
  readonly place: string | undefined;
  /** Of the clone: its ssh is used. */
  readonly repo: string;
  readonly fleet: Pick<FleetSource, 'current'>;
  readonly log: Log;
}

/** Commits of a branch that somebody looks at: an hour, mostly. */
const lookedDepth = 64;

export class DeskTelemetry implements TelemetrySource, AsyncDisposable {
  readonly objects: LastingObjectSource;
  readonly #options: DeskTelemetryOptions;
  readonly #listeners = new Set<(device: string) => void>();
  readonly #looked: LookedAt;
  #tips: ReadonlyMap<string, ObjectId> = new Map();
  /** git writes one thing at a time into one repository. */
  #turn: Promise<unknown> = Promise.resolve();
  #trouble: string | undefined;

  constructor(options: DeskTelemetryOptions, signal: AbortSignal) {
    this.#options = options;
    const { repository, place, repo, log } = options;
    this.objects = new LastingObjectSource(repository.directory);
    this.#looked = new LookedAt({ place, repo, log, came: devices => this.#fetch(devices, signal) }, signal);
  }

  /** Why it is no newer. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  tips(): ReadonlyMap<string, ObjectId> {
    return this.#tips;
  }

  onMove(listener: (device: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async report(device: string, signal: AbortSignal): Promise<DeviceReport | undefined> {
    signal.throwIfAborted();
    const tip = this.#tips.get(device);
    const { current } = this.#options.fleet;
    if (tip === undefined || current === undefined) return undefined;
    const { fleet } = current;
    const sshKey = fleet.devices.get(device)?.value.keys?.ssh;
    return await readDeviceReport({ source: this.objects, tip, device, fleet: fleet.name, sshKey });
  }

  look(_who: string, devices: readonly string[]): () => void {
    return this.#looked.add(devices);
  }

  /** As it lies here. @throws TowlineError CLI_GIT */
  async open(signal: AbortSignal): Promise<void> {
    await this.#readTips(signal);
  }

  /** Asks where it is fetched from; what is in the way is kept for who asks. @throws the signal's reason */
  async refresh(signal: AbortSignal): Promise<void> {
    await this.#inTurn(signal, () => this.#options.repository.refresh(signal));
  }

  /** These branches, some way back. */
  async #fetch(devices: readonly string[], signal: AbortSignal): Promise<void> {
    const { place, repository } = this.#options;
    if (place === undefined) return await this.#inTurn(signal, async () => undefined);
    const { directory } = repository;
    await this.#inTurn(signal, async () => {
      const there = await listRefs({ place, refs: devices.map(telemetryRef), directory }, signal);
      const refspecs = [...there.keys()].map(ref => `+${ref}:${ref}`);
      if (refspecs.length > 0) await fetchRefs({ place, refspecs, directory, depth: lookedDepth }, signal);
    });
  }

  #inTurn(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(async () => {
      try {
        await work();
        await this.#readTips(signal);
        this.#trouble = undefined;
      } catch (error) {
        signal.throwIfAborted();
        const trouble = `${isTowlineError(error) ? `${error.code} ` : ''}${messageOf(error)}`;
        if (trouble !== this.#trouble) this.#options.log.warn({ trouble }, 'telemetry cannot be fetched');
        this.#trouble = trouble;
      }
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #readTips(signal: AbortSignal): Promise<void> {
    const { directory } = this.#options.repository;
    const form = '--format=%(objectname)%09%(refname)';
    const listed = refsIn(await git(['for-each-ref', form, telemetryRefs], { directory, signal }));
    const before = this.#tips;
    this.#tips = new Map([...listed].map(([ref, tip]) => [ref.slice(telemetryRefs.length), tip]));
    const moved = [...this.#tips].filter(([device, tip]) => before.get(device) !== tip);
    const gone = [...before.keys()].filter(device => !this.#tips.has(device));
    for (const device of [...moved.map(([id]) => id), ...gone])
      for (const listener of [...this.#listeners]) listener(device);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.#turn;
    await this.objects[Symbol.asyncDispose]();
    await this.#options.repository[Symbol.asyncDispose]();
  }
}
