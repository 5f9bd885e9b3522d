/**
 * What a stick brings to a site whose gateway has no uplink: main and its timestamp by the door that a forge comes through, and
 * images into the registry's cache. The whole bundle is read and judged before anything moves; what is moved may be moved again.
 */
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { openBundle } from '../../core/bundle/open-bundle.ts';
import { unseal } from '../../core/bundle/seal.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { keptTimeSec } from '../../core/io/synchronised-clock.ts';
import type { Log } from '../../core/log.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../core/trust/walk.ts';
import type { Audit } from '../admission/audit.ts';
import type { Agents } from '../agents/agents.ts';
import { readRef } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { timestampRef } from '../git/served-refs.ts';
import type { Images } from '../registry/images.ts';
import { FleetIntake } from '../upstream/fleet-intake.ts';
import { isNewerTimestamp } from '../upstream/timestamp-intake.ts';
import { CarriedCommits, quarantineRefs, type UnpackedCommits } from './carried-commits.ts';
import { type StagedBundle, stageBundle, unsilent } from './staged-bundle.ts';

export interface BundleImportOptions {
  readonly fleet: string;
  readonly anchor: ObjectId;
  readonly fleetGit: string;
  /** For what is on its way; emptied at the start of the gateway. */
  readonly folder: string;
  /** Undefined: devices pull nothing through this gateway. */
  readonly images: Pick<Images, 'cache' | 'placeOf'> | undefined;
  readonly agents: Pick<Agents, 'take'>;
  readonly runner: GitRunner;
  readonly trusted: () => TrustedState | undefined;
  /** fleet.git changed: reads the refs again, walks and publishes. */
  readonly look: () => Promise<void>;
  readonly audit: Audit;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly clock: Clock;
}

/** For a person, and for `--json`. */
export interface ImportResult {
  readonly commit: ObjectId;
  readonly main: 'moved' | 'same';
  /** `refused`: devices would not take it. */
  readonly timestamp: 'moved' | 'same' | 'refused' | 'none';
  readonly blobs: {
    readonly kept: number;
    readonly keptBytes: number;
    readonly known: number;
    readonly leftOut: number;
    readonly leftOutBytes: number;
  };
  /** Parts of agents that main lists now, and that were not here. */
  readonly agents: number;
  /** Of registries that are not behind this gateway. */
  readonly unserved: readonly string[];
}

export class BundleImport {
  readonly #options: BundleImportOptions;
  readonly #intake: FleetIntake;

  constructor(options: BundleImportOptions) {
    this.#options = options;
    this.#intake = new FleetIntake(options);
  }

  /**
   * @param input the file, as it comes
   * @throws TowlineError BUNDLE_…, GATEWAY_DISK_FULL, GATEWAY_MAIN_REFUSED, GATEWAY_PUSH_UNTRUSTED
   */
  async take(input: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ImportResult> {
    const { audit } = this.#options;
    try {
      const result = await this.#take(input, signal);
      const { commit, main, blobs } = result;
      audit.write({ action: 'import-bundle', outcome: 'allowed', details: { commit, main, ...blobs } });
      return result;
    } catch (error) {
      if (isTowlineError(error)) {
        const { code, message } = error;
        audit.write({ action: 'import-bundle', outcome: 'refused', code, message });
      }
      throw error;
    } finally {
      await rm(this.#options.folder, { recursive: true, force: true });
    }
  }

  async #take(input: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ImportResult> {
    const { fleet, folder, images } = this.#options;
    // There is no key of a device here.
    const bundle = await openBundle(unseal(unsilent(input), undefined));
    const { contents } = bundle;
    if (contents.fleet !== fleet) {
      const message = `the bundle is for fleet ${contents.fleet}, this gateway is of ${fleet}`;
      throw new TowlineError('BUNDLE_FLEET', message);
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const staged = await stageBundle(bundle, { folder, cache: images?.cache, signal });
    const commits = new CarriedCommits({ ...this.#options, intake: this.#intake });
    const git = await commits.unpack(staged.git, contents, signal);
    const move = await commits.judge(git, contents.commit, signal);
    const blobs = await this.#keep(staged);
    if (move !== undefined) {
      await this.#intake.takeRef(git, move, signal);
      await this.#options.look();
    }
    const unserved = contents.images.filter(({ image }) => images?.placeOf(image) === undefined);
    return {
      commit: contents.commit,
      main: move === undefined ? 'same' : 'moved',
      timestamp: await this.#takeTimestamp(git, contents.timestamp, signal),
      blobs,
      agents: await this.#takeAgents(staged, signal),
      unserved: unserved.map(({ image }) => image),
    };
  }

  /** What was there before is kept rather than what it would make room for. */
  async #keep({ blobs, known, leftOut }: StagedBundle): Promise<ImportResult['blobs']> {
    const cache = this.#options.images?.cache;
    for (const { digest, size } of known) cache?.find(digest, size);
    const left = [...leftOut];
    const kept: number[] = [];
    for (const blob of blobs) {
      try {
        await cache?.adopt(blob, blob.file);
        kept.push(blob.size);
      } catch (error) {
        if (!isTowlineError(error, 'GATEWAY_IMAGE_TOO_LARGE')) throw error;
        left.push(blob);
      }
    }
    const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
    return {
      kept: kept.length,
      keptBytes: sum(kept),
      known: known.length,
      leftOut: left.length,
      leftOutBytes: sum(left.map(({ size }) => size)),
    };
  }

  /** Once main is where the bundle leads: what it does not list is left. */
  async #takeAgents({ agents }: StagedBundle, signal: AbortSignal): Promise<number> {
    let taken = 0;
    for (const { digest, file } of agents) {
      try {
        const sha256 = digest.slice('sha256:'.length);
        if (await this.#options.agents.take(sha256, createReadStream(file), signal)) taken += 1;
      } catch (error) {
        if (!isTowlineError(error)) throw error;
        const { code, message } = error;
        this.#options.log.warn({ code, reason: message, digest }, 'a part of an agent is not taken');
      }
    }
    return taken;
  }

  /** By the policy that main has now. */
  async #takeTimestamp(
    git: UnpackedCommits,
    tip: ObjectId | undefined,
    signal: AbortSignal,
  ): Promise<ImportResult['timestamp']> {
    const { fleetGit, trusted: trustedNow, look, log, clock } = this.#options;
    const trusted = trustedNow();
    const ours = await readRef(fleetGit, timestampRef);
    if (tip === undefined || trusted === undefined) return 'none';
    if (tip === ours) return 'same';
    await using source = new GitCatFileSource(git.path);
    try {
      const keptSec = await keptTimeSec(clock, signal);
      if (!(await isNewerTimestamp({ source, tip, ours, trusted, keptSec }))) return 'same';
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      log.warn({ code: error.code, reason: error.message, timestamp: tip }, 'a timestamp is not taken');
      return 'refused';
    }
    const move = { ref: timestampRef, tip, expected: ours, from: quarantineRefs.timestamp };
    await this.#intake.takeRef(git, move, signal);
    await look();
    return 'moved';
  }
}
