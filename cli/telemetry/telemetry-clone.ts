/** Branches of telemetry.git that are read: of a repository on this machine, or fetched as deep as they are read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isTowlineError } from '../../core/errors.ts';
import { telemetryRef, telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { fetchRefs, listRefs } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { openRepository } from '../desk/repository.ts';

/** Commits of each branch: an hour, mostly; then four times as many, until it is enough. */
const [firstDepth, deeper, deepest] = [64, 4, 4096];

export class TelemetryClone implements AsyncDisposable {
  readonly directory: string;
  readonly #devices: readonly string[];
  /** Undefined: it is the repository itself. */
  readonly #place: string | undefined;
  #depth = firstDepth;

  /**
   * @param place a folder, or anything that git fetches from
   * @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED, CLI_NO_TELEMETRY
   */
  static async open(place: string, devices: readonly string[], signal: AbortSignal): Promise<TelemetryClone> {
    try {
      const { gitDirectory } = await openRepository(place);
      return new TelemetryClone(gitDirectory, devices, undefined);
    } catch (error) {
      if (!isTowlineError(error, 'CLI_NOT_A_REPOSITORY')) throw error;
    }
    const clone = new TelemetryClone(await mkdtemp(path.join(tmpdir(), 'towline-read-')), devices, place);
    try {
      await git(['init', '--quiet', '--bare', '--object-format=sha1'], { directory: clone.directory });
      await clone.#fetch(devices, signal, firstDepth);
      return clone;
    } catch (error) {
      await clone[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(directory: string, devices: readonly string[], place: string | undefined) {
    this.directory = directory;
    this.#devices = devices;
    this.#place = place;
  }

  async tips(signal: AbortSignal): Promise<ReadonlyMap<string, ObjectId>> {
    const args = ['for-each-ref', '--format=%(objectname) %(refname)', ...this.#devices.map(telemetryRef)];
    const listed = await git(args, { directory: this.directory, signal });
    const lines = listed.split('\n').filter(line => line !== '');
    return new Map(lines.map(line => [line.slice(41 + telemetryRefs.length), line.slice(0, 40)]));
  }

  /** @returns false: there is no more to be had */
  async deepen(signal: AbortSignal): Promise<boolean> {
    if (this.#place === undefined || this.#depth >= deepest) return false;
    this.#depth *= deeper;
    await this.#fetch(this.#devices, signal, this.#depth);
    return true;
  }

  /** What is new in these branches. */
  async refresh(devices: Iterable<string>, signal: AbortSignal): Promise<void> {
    await this.#fetch([...devices], signal);
  }

  async #fetch(devices: readonly string[], signal: AbortSignal, depth?: number): Promise<void> {
    // Of no device: git would list all there are.
    if (this.#place === undefined || devices.length === 0) return;
    const [place, directory] = [this.#place, this.directory];
    const there = await listRefs({ place, refs: devices.map(telemetryRef), directory }, signal);
    // git fetches all of what is named, or nothing: a device that has never reported has no branch.
    const refspecs = [...there.keys()].map(ref => `+${ref}:${ref}`);
    if (refspecs.length === 0) return;
    await fetchRefs({ place, refspecs, directory, ...(depth === undefined ? {} : { depth }) }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#place !== undefined) await rm(this.directory, { recursive: true, force: true });
  }
}
