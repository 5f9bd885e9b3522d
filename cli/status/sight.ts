/** One look at the fleet: what devices said, and what is wanted of them. */
import { setTimeout as delay } from 'node:timers/promises';
import { chosenDevices } from '../../core/change/chosen-devices.ts';
import { type ErrorCode, isTowlineError, type TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { Distance } from '../../core/status/lineage.ts';
import type { Reported } from '../../core/status/reported.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { loadKeptFleet } from '../desk/kept-fleet.ts';
import { openRepository, openSnapshot, resolveCommit } from '../desk/repository.ts';
import { type Fork, findForks, trustedBy } from './forks.ts';
import { KeptVerdicts } from './kept-verdicts.ts';
import { readLineage } from './listed-lineage.ts';
import { readReports } from './reports.ts';
import { openTelemetry, type TelemetryRepository, telemetryPlace } from './telemetry.ts';

export interface Sight {
  readonly fleet: Fleet;
  /** Ids that were asked for, sorted. */
  readonly devices: readonly string[];
  readonly reports: ReadonlyMap<string, Reported>;
  readonly forks: readonly Fork[];
  /** From the commits that devices name to the fleet's. */
  readonly distances: ReadonlyMap<ObjectId, Distance>;
}

type Lines = Pick<Sight, 'forks' | 'distances'>;

export interface SightOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly telemetry?: string;
  /** All unless some are named, or selected. */
  readonly devices: readonly string[];
  readonly selector?: string;
}

/** Between two looks, milliseconds. */
const intervalMs = 2_000;

/** What may pass while one looks on. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'CLI_GATEWAY_UNREACHABLE',
  'CLI_GATEWAY_REFUSED',
  'CLI_NO_TELEMETRY',
  'CLI_GIT',
  // A commit that breaks the fleet's files: the next one may mend them.
  'CLI_INVALID_FLEET',
]);

export class Lookout implements AsyncDisposable {
  readonly #options: SightOptions;
  /** Of the clone. */
  readonly #gitDirectory: string;
  readonly #telemetry: TelemetryRepository;
  #verdicts: KeptVerdicts | undefined;
  #reports: readonly Reported[] = [];
  #loaded: { readonly fleet: Fleet; readonly name: string } | undefined;
  #lines: { readonly of: string; readonly found: Lines } | undefined;

  /** @throws TowlineError what `openTelemetry` throws */
  static async open(options: SightOptions, signal: AbortSignal): Promise<Lookout> {
    const place = await telemetryPlace(options.telemetry, options.repo);
    const { gitDirectory } = await openRepository(options.repo);
    return new Lookout(options, gitDirectory, await openTelemetry(place, signal, gitDirectory));
  }

  private constructor(options: SightOptions, gitDirectory: string, telemetry: TelemetryRepository) {
    this.#options = options;
    this.#gitDirectory = gitDirectory;
    this.#telemetry = telemetry;
  }

  /** @throws TowlineError CLI_NO_SUCH_DEVICE, CLI_NO_SUCH_COMMIT, …; FleetProblems; the signal's reason */
  async look(signal: AbortSignal): Promise<Sight> {
    const { fleet, name } = await this.#fleet();
    const named = chosenDevices(this.#options, fleet, name);
    const { directory } = this.#telemetry;
    const known = new Map(this.#reports.map(report => [report.device, report]));
    this.#verdicts ??= await KeptVerdicts.open(this.#gitDirectory);
    const verdicts = this.#verdicts;
    const knownOf = (device: string, tip: ObjectId) => known.get(device) ?? verdicts.of(device, tip, fleet);
    this.#reports = await readReports({ directory, fleet, devices: named, knownOf, signal });
    await verdicts.keep(this.#reports, fleet);
    const reports = new Map(this.#reports.map(report => [report.device, report]));
    return {
      fleet,
      // A branch of a device that the fleet does not have is shown, too.
      devices: [...new Set([...(named.length > 0 ? named : fleet.devices.keys()), ...reports.keys()])].sort(),
      reports,
      ...(await this.#findLines(fleet.commit, signal)),
    };
  }

  /**
   * Looks again and again, and once at least; what cannot be read for a while is said, not thrown.
   * @param over ends it after a first look
   */
  async *looks(stop: AbortSignal, over?: AbortSignal): AsyncGenerator<Sight | TowlineError> {
    yield await this.look(stop);
    const signal = over === undefined ? stop : AbortSignal.any([stop, over]);
    for (;;) {
      await delay(intervalMs, undefined, { signal });
      try {
        await this.#telemetry.refresh(signal);
        yield await this.look(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!isTowlineError(error) || !passing.has(error.code)) throw error;
        yield error;
      }
    }
  }

  async #fleet(): Promise<{ fleet: Fleet; name: string }> {
    const { repo, commit } = this.#options;
    const head = await resolveCommit(await openRepository(repo), commit ?? 'HEAD');
    if (this.#loaded?.fleet.commit === head) return this.#loaded;
    await using snapshot = await openSnapshot({ repo, commit: head });
    const fleet = await loadKeptFleet(this.#gitDirectory, snapshot);
    // Other keys may be in it.
    this.#reports = [];
    this.#loaded = { fleet, name: snapshot.name };
    return this.#loaded;
  }

  async #findLines(target: ObjectId, signal: AbortSignal): Promise<Lines> {
    const trusting = trustedBy(this.#reports);
    const named = mostNamed(this.#reports);
    const of = JSON.stringify([target, ...trusting, ...named]);
    if (this.#lines?.of === of) return this.#lines.found;
    const lineage = await readLineage(this.#gitDirectory, target, [...trusting.keys(), ...named], signal);
    const distances = new Map<ObjectId, Distance>();
    for (const commit of named) {
      const distance = lineage.distance(commit);
      if (distance !== undefined) distances.set(commit, distance);
    }
    const directory = this.#options.repo;
    const found = { forks: await findForks({ directory, trusting, lineage }, signal), distances };
    this.#lines = { of, found };
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#telemetry[Symbol.asyncDispose]();
  }
}

/** Devices name few different commits; what each of them costs is decided here, not by who names it. */
const maxNamed = 64;

/** The most frequent first. */
function mostNamed(reports: readonly Reported[]): ObjectId[] {
  const counts = new Map<ObjectId, number>();
  for (const { status } of reports) {
    if (status === undefined) continue;
    const { trusted, followed, applied, stopped } = status;
    for (const commit of [trusted.commit, followed, applied, stopped?.head])
      if (commit !== undefined) counts.set(commit, (counts.get(commit) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, left], [, right]) => right - left);
  return sorted.slice(0, maxNamed).map(([commit]) => commit);
}
