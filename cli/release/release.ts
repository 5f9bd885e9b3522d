/** `towline release`: an app's files as they are now, with its images resolved to digests at their registries, as a folder. */

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { FleetProblems, type Problem, TowlineError } from '../../core/errors.ts';
import { appFolder, versionPattern } from '../../core/fleet/paths.ts';
import { readPublishers } from '../../core/fleet/publishers.ts';
import { enginePlatform } from '../../core/images/platform.ts';
import type { Publishers } from '../../core/images/signing/publishers.ts';
import { RegistryClient } from '../../core/io/registry/client.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { type ServiceImage, serviceImages } from '../../core/release/neutral-model.ts';
import { noObject } from '../../core/trust/git/change.ts';
import type { ReleaseFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { openRepository } from '../desk/repository.ts';
import { WorkingTreeFiles } from '../desk/working-tree.ts';
import { writeTogether } from '../desk/write-together.ts';
import { assigned } from './assignments.ts';
import { registerReleaseChangelog } from './changelog.ts';
import { registerReleaseDiff } from './diff.ts';
import { type Inspected, inspectImage } from './inspect-image.ts';
import { LayerSizes } from './layer-sizes.ts';
import { registerReleaseList } from './list.ts';
import { type Reach, reachedDevices, refuseMissingPlatforms, wantedPlatforms } from './reached-devices.ts';
import { readCredentials } from './registry-credentials.ts';
import { alreadyThere, makeReleaseFolder, workingFiles } from './release-folder.ts';
import { addReleaseOptions, type ReleaseOptions, saidOf } from './release-options.ts';
import { registerReleaseShow } from './show.ts';

/** Of silence of a registry. */
const timeoutMs = 30_000;

type Images = ReadonlyMap<string, ServiceImage>;

/** @throws FleetProblems */
async function publishersOf(files: WorkingTreeFiles): Promise<Publishers | undefined> {
  const problems: Problem[] = [];
  const publishers = await readPublishers({ reader: files, commit: noObject, problems });
  if (problems.length > 0) throw new FleetProblems(problems);
  return publishers;
}

interface Asked {
  readonly publishers: Publishers | undefined;
  /** Platforms. */
  readonly devices: Iterable<string>;
}

/** @returns service → image, digest, platforms and who has signed; each image is asked for once */
async function resolveImages(
  images: Images,
  { publishers, devices }: Asked,
  options: ReleaseOptions,
  signal: AbortSignal,
): Promise<ReleaseFile['images']> {
  const client = new RegistryClient({
    credentials: registry => readCredentials(registry, process.env),
    insecure: options.insecure ?? [],
    timeoutMs,
    signal,
  });
  const layers = await LayerSizes.open(process.env);
  const named = [...images.values()].flatMap(({ platform }) => (platform === undefined ? [] : [platform]));
  const wanted = [...new Set([...devices, ...named])];
  const inspection = {
    client,
    layers,
    publishers,
    // Where nobody knows what devices are, what is looked at is what this desk would run.
    devices: wanted.length === 0 ? [enginePlatform('linux', process.arch)] : wanted,
    onLayer: (image: string, { size }: { readonly size: number }) =>
      process.stderr.write(`${image}: reading a layer of ${formatBytes(size)}\n`),
  };
  const asked = new Map<string, Promise<Inspected>>();
  const entries: [string, ReleaseFile['images'][string]][] = [];
  try {
    for (const [service, { image }] of images) {
      const inspected = asked.get(image) ?? inspectImage(inspection, image);
      asked.set(image, inspected);
      entries.push([service, { image, ...(await inspected) }]);
    }
  } finally {
    await layers.keep();
  }
  return Object.fromEntries(entries);
}

async function release(
  folderOrApp: string,
  version: string,
  options: ReleaseOptions,
  signal: AbortSignal,
): Promise<void> {
  // An app that is called as a verb is: `towline release apps/list 1.0.0`.
  const app = folderOrApp.replace(/^apps\//, '');
  if (!versionPattern.test(version)) {
    throw new TowlineError('CLI_USAGE', `"${version}" must be letters, digits, dot, dash, underscore, plus`);
  }
  const { workTree } = await openRepository(options.repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', 'a release is a folder of a working tree');
  const said = saidOf(options);
  await using files = new WorkingTreeFiles(workTree);
  const working = { files, commit: noObject, app };
  const images = await serviceImages({ ...working, version, variables: said.variables ?? {} });
  const copied = await workingFiles(working);
  const publishers = await publishersOf(files);
  const folder = appFolder(app, version);
  if (existsSync(path.join(workTree, folder))) throw alreadyThere(version);
  const { repo, telemetry } = options;
  const assignments = await assigned(workTree, options.assign ?? [], app, version);
  const assign = [...assignments.keys()].map(file => path.relative(workTree, file));
  const reach = await reachedDevices({ ...working, repo, telemetry, assign }, signal);
  const wanted = wantedPlatforms(reach, said.requires ?? {});
  const resolved = await resolveImages(images, { publishers, devices: wanted.keys() }, options, signal);
  refuseMissingPlatforms(resolved, wanted, service => images.get(service)?.platform);
  const value: ReleaseFile = { apiVersion: 'towline/v1', version, ...said, images: resolved };
  const comment = '# yaml-language-server: $schema=../../../../.towline/schemas/release.schema.json\n';
  await makeReleaseFolder(path.join(workTree, folder), copied, comment + stringify(value, { lineWidth: 0 }));
  try {
    await writeTogether(assignments);
  } catch (error) {
    await rm(path.join(workTree, folder), { recursive: true, force: true });
    throw error;
  }
  const terminal = standardTerminal();
  const unknown = [...reach.platforms].filter(([, platform]) => platform === undefined).map(([id]) => id);
  if (options.json === true)
    terminal.json({ app, version, folder, ...said, images: resolved, assigned: assign, unknown });
  else show(terminal, value, [`${folder}/`, ...(options.assign ?? [])], { ...reach, unknown });
}

const sizes = (platforms: Inspected['platforms'] = {}) =>
  Object.entries(platforms)
    .map(([platform, { download }]) => `${platform} ${formatBytes(download)}`)
    .join(', ');

const signedBy = (signed: Inspected['signed']) =>
  signed === undefined ? '-' : [signed.by, signed.subject].filter(word => word !== undefined).join(': ');

function show(
  terminal: Terminal,
  { images }: ReleaseFile,
  written: readonly string[],
  { trouble, platforms, unknown }: Reach & { readonly unknown: readonly string[] },
): void {
  const isAsked = Object.values(images).some(({ signed }) => signed !== undefined);
  terminal.table(
    ['SERVICE', 'IMAGE', 'DIGEST', 'PLATFORMS', ...(isAsked ? ['SIGNED BY'] : [])],
    Object.entries(images).map(([service, { image, digest, platforms: of, signed }]) => [
      ...[service, image, digest, sizes(of)],
      ...(isAsked ? [signedBy(signed)] : []),
    ]),
  );
  if (unknown.length > 0) {
    const why = trouble === undefined ? '' : `: ${trouble}`;
    const count = `${unknown.length} of ${platforms.size}`;
    terminal.line(`not known of ${count} devices that have the app: their platform${why}`);
  }
  terminal.line(`${terminal.colour('green', 'wrote')} ${written.join(', ')}`);
}

export function registerRelease(command: Command, stop: Stop): void {
  registerReleaseList(command, stop);
  registerReleaseShow(command, stop);
  registerReleaseDiff(command);
  registerReleaseChangelog(command, stop);
  command
    .argument('<app>', 'folder in apps/, or its path')
    .argument('<version>', 'name of the release; Compose files see it as TOWLINE_RELEASE');
  addReleaseOptions(command)
    .addHelpText(
      'after',
      examples([
        ['towline release hello 1.1.0', 'writes apps/hello/releases/1.1.0/'],
        ['towline release list hello', 'those that there are; `show`, `diff`, `changelog` say more'],
        ['towline release hello 1.1.0 --assign groups/canary.yaml', 'and gives it to a group'],
        [
          'towline release hello 2.0.0 --requires engine=24.0 --requires memory=1GiB',
          'for devices that have it',
        ],
      ]),
    )
    .action((app: string, version: string, options: ReleaseOptions) =>
      release(app, version, options, stop()),
    );
}
