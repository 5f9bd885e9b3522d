/** A bundle before it is written: what is to be in it, from a clone, and where its bytes come from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { agentEntry, agentsNamed } from '../../core/bundle/agent-parts.ts';
import type { BundleDevice } from '../../core/bundle/bundle-device.ts';
import type { BundleContents } from '../../core/bundle/contents.ts';
import { type ImagePlan, planImages } from '../../core/bundle/plan-images.ts';
import { type BundleDraft, bundleBytes, writeBundle } from '../../core/bundle/write-bundle.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { writeGitBundle } from '../../core/io/git/pack-commits.ts';
import type { PackagedFile } from '../agents/package-folder.ts';
import { type TrustWalk, walkRepository } from '../trust/walk.ts';
import { bytesOfParts } from './bundle-parts.ts';
import { carriedAgents } from './carried-agents.ts';
import { chosenDevices } from './chosen-devices.ts';
import type { CreateOptions } from './create-options.ts';
import { fleetAt } from './fleet-at.ts';
import { RegistryImages } from './registry-images.ts';
import { readSince } from './since.ts';
import { newestStatement } from './statement.ts';

/** What goes into it besides the images. */
interface Told {
  readonly contents: Omit<BundleContents, 'images'>;
  readonly agents: readonly PackagedFile[];
  readonly devices: readonly BundleDevice[];
  readonly fleet: Fleet;
  readonly notes: readonly string[];
}

export interface PlannedBundle {
  readonly draft: BundleDraft;
  readonly plan: ImagePlan;
  /** Bytes, unsealed. */
  readonly size: number;
  bytes(): AsyncIterable<Uint8Array>;
}

export class DraftedBundle implements AsyncDisposable {
  readonly told: Told;
  readonly walk: TrustWalk;
  readonly #options: CreateOptions;
  readonly #signal: AbortSignal;
  readonly #folder: string;

  /** Nothing is asked of a registry yet. @throws TowlineError as the walk, `chosenDevices`, `readSince` */
  static async open(options: CreateOptions, signal: AbortSignal): Promise<DraftedBundle> {
    const { repo, anchor, head } = options;
    const named = { ...(anchor === undefined ? {} : { anchor }), ...(head === undefined ? {} : { head }) };
    const walk = await walkRepository({ repo, ...named }, signal);
    try {
      const told = await toldBy(walk, options, signal);
      const folder = await mkdtemp(path.join(tmpdir(), 'towline-bundle-'));
      return new DraftedBundle({ told, walk, options, folder, signal });
    } catch (error) {
      await walk[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(parts: {
    readonly told: Told;
    readonly walk: TrustWalk;
    readonly options: CreateOptions;
    readonly folder: string;
    readonly signal: AbortSignal;
  }) {
    this.told = parts.told;
    this.walk = parts.walk;
    this.#options = parts.options;
    this.#folder = parts.folder;
    this.#signal = parts.signal;
  }

  /** Once. @throws TowlineError what a registry answers, or does not */
  async plan(): Promise<PlannedBundle> {
    const { contents: before, devices, agents } = this.told;
    const { insecure = [], complete } = this.#options;
    const registry = new RegistryImages(insecure, this.#signal);
    const plan = await planImages(devices, registry, { isComplete: complete === true });
    const commits = path.join(this.#folder, 'commits.bundle');
    const { gitDirectory } = this.walk.repository;
    const git = await writeGitBundle({ gitDirectory, commits: before, file: commits }, this.#signal);
    const draft = {
      contents: { ...before, images: plan.images },
      entries: [git, ...plan.entries, ...agents.map(agentEntry)],
    };
    const bytes = () => writeBundle({ ...draft, bytesOf: bytesOfParts({ commits, plan, registry, agents }) });
    return { draft, plan, size: bundleBytes(draft), bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.walk[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function toldBy(walk: TrustWalk, options: CreateOptions, signal: AbortSignal): Promise<Told> {
  const { commit } = walk.trusted;
  const fleet = await fleetAt(options.repo, commit, options.device);
  const chosen = await chosenDevices(fleet, options, signal);
  const since = await readSince({ ...options, walk, reported: chosen.reported });
  const statement = await newestStatement(walk, signal);
  const agents = await carriedAgents(fleet, chosen, options);
  const contents = {
    ...agentsNamed(agents.files),
    fleet: fleet.name,
    created: `${new Date().toISOString().slice(0, 19)}Z`,
    devices: chosen.devices.map(({ id }) => id),
    commit,
    ...(since.id === undefined ? {} : { since: since.id }),
    ...(statement.id === undefined ? {} : { timestamp: statement.id }),
  } as const;
  return {
    contents,
    devices: chosen.devices,
    agents: agents.files,
    fleet,
    notes: [...chosen.notes, ...agents.notes, ...since.notes, statement.note],
  };
}
