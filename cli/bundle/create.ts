/** `towline bundle create`: one file with the commits that devices need, and the images of their releases. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { BundleDevice } from '../../core/bundle/bundle-device.ts';
import type { BundleContents } from '../../core/bundle/contents.ts';
import { planImages } from '../../core/bundle/plan-images.ts';
import { seal } from '../../core/bundle/seal.ts';
import { bundleBytes, writeBundle } from '../../core/bundle/write-bundle.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { writeGitBundle } from '../../core/io/git/pack-commits.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { type TrustWalk, walkRepository } from '../trust/walk.ts';
import { bytesOfParts } from './bundle-parts.ts';
import { chosenDevices } from './chosen-devices.ts';
import { addCreateOptions, type CreateOptions } from './create-options.ts';
import { fleetAt } from './fleet-at.ts';
import { assertRoom, outputOf, writeOutput } from './output.ts';
import { passing } from './passing-bytes.ts';
import { progressing } from './progress.ts';
import { recipientsOf } from './recipients.ts';
import { RegistryImages } from './registry-images.ts';
import { showMade } from './show-made.ts';
import { readSince } from './since.ts';
import { newestStatement } from './statement.ts';

/** What goes into it besides the images. */
interface Told {
  readonly contents: Omit<BundleContents, 'images'>;
  readonly devices: readonly BundleDevice[];
  readonly fleet: Fleet;
  readonly notes: readonly string[];
}

async function told(walk: TrustWalk, options: CreateOptions, signal: AbortSignal): Promise<Told> {
  const { commit } = walk.trusted;
  const fleet = await fleetAt(options.repo, commit, options.device);
  const chosen = await chosenDevices(fleet, options, signal);
  const since = await readSince({ ...options, walk, reported: chosen.reported });
  const statement = await newestStatement(walk, signal);
  const contents = {
    format: 1,
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
    fleet,
    notes: [...chosen.notes, ...since.notes, statement.note],
  };
}

async function create(options: CreateOptions, signal: AbortSignal): Promise<void> {
  const { repo, anchor, head } = options;
  const named = { ...(anchor === undefined ? {} : { anchor }), ...(head === undefined ? {} : { head }) };
  await using walk = await walkRepository({ repo, ...named }, signal);
  const { contents: before, devices, fleet, notes } = await told(walk, options, signal);
  const keys = options.seal === true ? await recipientsOf(fleet, before.devices) : undefined;
  const output = outputOf(options, before.fleet);
  const registry = new RegistryImages(options.insecure ?? [], signal);
  const plan = await planImages(devices, registry, { isComplete: options.complete === true });
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-bundle-'));
  try {
    const commits = path.join(folder, 'commits.bundle');
    const { gitDirectory } = walk.repository;
    const git = await writeGitBundle({ gitDirectory, commits: before, file: commits }, signal);
    const draft = { contents: { ...before, images: plan.images }, entries: [git, ...plan.entries] };
    const size = bundleBytes(draft);
    await assertRoom(output, size);
    const whole = writeBundle({ ...draft, bytesOf: bytesOfParts({ commits, plan, registry }) });
    const shown = progressing(whole, size, signal);
    const sealed = keys === undefined ? shown : seal(shown, { keys, date: new Date() });
    const bytes = await writeOutput(output, passing(sealed), signal);
    const made = { ...draft, plan, bytes, notes, stopped: walk.stopped, isSealed: keys !== undefined };
    showMade(made, output, options.json === true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.exitCode = walk.stopped === undefined ? exitCode.ok : exitCode.untrusted;
}

export function registerCreate(bundle: Command, stop: Stop): void {
  addCreateOptions(bundle).action((options: CreateOptions) => create(options, stop()));
}
