/** Telemetry of some devices, read from git alone: from a time on, and then whatever comes. */

import { type Choice, chosenDevices } from '../../core/change/chosen-devices.ts';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { DeviceHistory, type Stretch } from '../../core/telemetry/reading/device-history.ts';
import type { Piece } from '../../core/telemetry/reading/log-lines.ts';
import type { SegmentPlace } from '../../core/telemetry/record/segment-path.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { openSnapshot } from '../desk/repository.ts';
import { telemetryPlace } from '../status/telemetry.ts';
import { TelemetryClone } from './telemetry-clone.ts';
import { watchMoves } from './watched-moves.ts';

export interface ReadingOptions extends Choice {
  readonly repo: string;
  readonly telemetry?: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly wants: (place: SegmentPlace) => boolean;
}

/** Looked for by itself, where nobody tells what has moved; and beside that, milliseconds. */
const [lookMs, floorMs] = [3000, 15_000];

export class Reading implements AsyncDisposable {
  readonly devices: readonly string[];
  /** Commits that no key of their device has signed, by device, with the last reason. */
  readonly doubtful = new Map<string, { count: number; why: string }>();
  /** When a device has sent last, milliseconds since the epoch: by its newest commit. Of others there is no branch. */
  readonly sentMs = new Map<string, number>();
  /** Devices that have no key in the fleet yet. */
  readonly keyless: ReadonlySet<string>;
  readonly #options: ReadingOptions;
  readonly #place: string;
  readonly #fleet: Fleet;
  readonly #clone: TelemetryClone;
  readonly #known = new Map<string, ObjectId>();
  /** What was in the way of following, as it was said last. */
  #trouble: string | undefined;

  /** @throws TowlineError CLI_NO_SUCH_DEVICE, CLI_USAGE, what `TelemetryClone.open` throws; FleetProblems */
  static async open(options: ReadingOptions, signal: AbortSignal): Promise<Reading> {
    const place = await telemetryPlace(options.telemetry, options.repo);
    await using snapshot = await openSnapshot({ repo: options.repo });
    const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
    if (fleet === undefined) throw new FleetProblems(problems);
    const devices = chosenDevices(options, fleet, snapshot.name);
    return new Reading({
      options,
      place,
      fleet,
      devices,
      clone: await TelemetryClone.open(place, devices, signal),
    });
  }

  private constructor(parts: {
    readonly options: ReadingOptions;
    readonly place: string;
    readonly fleet: Fleet;
    readonly devices: readonly string[];
    readonly clone: TelemetryClone;
  }) {
    this.#options = parts.options;
    this.#place = parts.place;
    this.#fleet = parts.fleet;
    this.#clone = parts.clone;
    this.devices = parts.devices;
    this.keyless = new Set(parts.devices.filter(device => this.#sshKey(device) === undefined));
  }

  /** All since then, device by device, each in its own order. @throws TowlineError as `open`; the signal's reason */
  async *since(signal: AbortSignal): AsyncGenerator<Piece> {
    let cut: string | undefined;
    for (;;) {
      await using source = new GitCatFileSource(this.#clone.directory);
      const history = new DeviceHistory(source);
      const stretches = await this.#stretches(history, this.devices, signal);
      const edge = JSON.stringify(stretches.map(({ cutAt }) => cutAt ?? ''));
      // What is at the same place after more was fetched ends there at the gateway, too.
      const isShort = stretches.some(({ cutAt }) => cutAt !== undefined) && edge !== cut;
      cut = edge;
      if (isShort && (await this.#clone.deepen(signal))) continue;
      yield* this.#told(history, stretches, signal);
      return;
    }
  }

  /** What comes, each time as much as is there. Until it is aborted. */
  async *follow(trouble: (words: string) => void, signal: AbortSignal): AsyncGenerator<readonly Piece[]> {
    const moved = new Set<string>();
    let wake = () => {};
    let isTold = true;
    const watching = watchMoves(
      {
        ...{ place: this.#place, devices: this.devices, repo: this.#options.repo, trouble },
        moved: device => {
          moved.add(device);
          wake();
        },
      },
      signal,
    ).finally(() => {
      isTold = false;
      wake();
    });
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        if (moved.size === 0) {
          await new Promise<void>(resolve => {
            const timer = setTimeout(resolve, isTold ? floorMs : lookMs);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
        const devices = moved.size === 0 ? this.devices : [...moved];
        moved.clear();
        if (signal.aborted) return;
        yield await this.#arrived(devices, trouble, signal);
      }
    } finally {
      await watching;
    }
  }

  async #arrived(
    devices: readonly string[],
    trouble: (words: string) => void,
    signal: AbortSignal,
  ): Promise<readonly Piece[]> {
    try {
      await this.#clone.refresh(devices, signal);
      await using source = new GitCatFileSource(this.#clone.directory);
      const history = new DeviceHistory(source);
      const pieces: Piece[] = [];
      const stretches = await this.#stretches(history, devices, signal);
      for await (const piece of this.#told(history, stretches, signal)) pieces.push(piece);
      this.#trouble = undefined;
      return pieces;
    } catch (error) {
      if (signal.aborted) return [];
      if (!(error instanceof TowlineError)) throw error;
      // It passes, or it does not; who looks on sees it once.
      const words = `${error.code}: ${error.message}`;
      if (words !== this.#trouble) trouble(words);
      this.#trouble = words;
      return [];
    }
  }

  async #stretches(
    history: DeviceHistory,
    devices: readonly string[],
    signal: AbortSignal,
  ): Promise<Stretch[]> {
    const tips = await this.#clone.tips(signal);
    const stretches: Stretch[] = [];
    for (const device of devices) {
      const tip = tips.get(device);
      const known = this.#known.get(device);
      if (tip === undefined || tip === known) continue;
      const sshKey = this.#sshKey(device);
      const { sinceMs } = this.#options;
      stretches.push(await history.stretch({ device, tip, known, sshKey, sinceMs }, signal));
    }
    return stretches;
  }

  async *#told(
    history: DeviceHistory,
    stretches: readonly Stretch[],
    signal: AbortSignal,
  ): AsyncGenerator<Piece> {
    for (const stretch of stretches) {
      const { device, tip, doubtful, commits } = stretch;
      this.#known.set(device, tip);
      this.sentMs.set(device, commits.at(-1)?.timeMs ?? this.sentMs.get(device) ?? 0);
      const why = doubtful.at(-1);
      if (why !== undefined) {
        const count = (this.doubtful.get(device)?.count ?? 0) + doubtful.length;
        this.doubtful.set(device, { count, why });
      }
      for await (const piece of history.pieces(stretch, this.#options.wants, signal)) yield { device, piece };
    }
  }

  #sshKey(device: string): string | undefined {
    return this.#fleet.devices.get(device)?.value.keys?.ssh;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#clone[Symbol.asyncDispose]();
  }
}
