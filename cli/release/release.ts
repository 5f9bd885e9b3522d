/** `towline release`: an app's files as they are now, with its images resolved to digests at their registries, as a folder. */

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { appFolder, versionPattern } from '../../core/fleet/paths.ts';
import { RegistryClient } from '../../core/io/registry/client.ts';
import { parseReference } from '../../core/io/registry/reference.ts';
import { noObject } from '../../core/trust/git/change.ts';
import type { ReleaseFile } from '../../schemas/types.generated.ts';
import { registryOption } from '../command/address-option.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { editedYaml } from '../desk/edit-yaml.ts';
import { openRepository } from '../desk/repository.ts';
import { WorkingTreeFiles } from '../desk/working-tree.ts';
import { writeTogether } from '../desk/write-together.ts';
import { readCredentials } from './registry-credentials.ts';
import { alreadyThere, makeReleaseFolder, workingFiles } from './release-folder.ts';
import { serviceImages } from './release-images.ts';

interface ReleaseOptions {
  readonly repo: string;
  readonly set?: readonly string[];
  readonly insecure?: readonly string[];
  readonly notes?: string;
  readonly assign?: readonly string[];
  readonly json?: boolean;
}

const timeoutMs = 30_000;

function variablesOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const [name = '', ...value] = pair.split('=');
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value.length === 0) {
        throw new TowlineError('CLI_USAGE', `--set ${pair} must be NAME=value`);
      }
      return [name, value.join('=')];
    }),
  );
}

/** @returns service → image and digest; each image is asked for once */
async function resolveImages(
  images: ReadonlyMap<string, string>,
  insecure: readonly string[],
  signal: AbortSignal,
): Promise<ReleaseFile['images']> {
  const client = new RegistryClient({
    credentials: registry => readCredentials(registry, process.env),
    insecure,
    timeoutMs,
    signal,
  });
  const asked = new Map<string, Promise<string>>();
  const entries: [string, { image: string; digest: string }][] = [];
  for (const [service, image] of images) {
    const digest = asked.get(image) ?? client.digest(parseReference(image));
    asked.set(image, digest);
    entries.push([service, { image, digest: await digest }]);
  }
  return Object.fromEntries(entries);
}

/** Files that say which release of an app runs. */
const assigning = /^(?:fleet|(?:groups|devices)\/.+)\.yaml$/;

/**
 * The release in files that assign apps: groups/canary.yaml, a device's file, fleet.yaml. Nothing is written yet.
 * @returns path → text
 */
async function assigned(
  workTree: string,
  files: readonly string[],
  app: string,
  version: string,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const target = path.resolve(workTree, file);
    if (!target.startsWith(`${workTree}${path.sep}`))
      throw new TowlineError('CLI_USAGE', `--assign ${file} is outside the repository`);
    if (!assigning.test(path.relative(workTree, target))) {
      const places = 'groups/*.yaml, devices/**.yaml and fleet.yaml do';
      throw new TowlineError('CLI_USAGE', `--assign ${file} assigns no apps: ${places}`);
    }
    texts.set(
      target,
      await editedYaml(target, document => document.setIn(['apps', app, 'release'], version)),
    );
  }
  return texts;
}

async function release(
  app: string,
  version: string,
  options: ReleaseOptions,
  signal: AbortSignal,
): Promise<void> {
  if (!versionPattern.test(version)) {
    throw new TowlineError('CLI_USAGE', `"${version}" must be letters, digits, dot, dash, underscore, plus`);
  }
  const { workTree } = await openRepository(options.repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', 'a release is a folder of a working tree');
  const variables = variablesOf(options.set ?? []);
  await using files = new WorkingTreeFiles(workTree);
  const working = { files, commit: noObject, app };
  const images = await serviceImages({ ...working, version, variables });
  const copied = await workingFiles(working);
  const folder = appFolder(app, version);
  if (existsSync(path.join(workTree, folder))) throw alreadyThere(version);
  const assignments = await assigned(workTree, options.assign ?? [], app, version);
  const value: ReleaseFile = {
    apiVersion: 'towline/v1',
    version,
    ...(options.notes === undefined ? {} : { notes: options.notes }),
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
    images: await resolveImages(images, options.insecure ?? [], signal),
  };
  const comment = '# yaml-language-server: $schema=../../../../.towline/schemas/release.schema.json\n';
  await makeReleaseFolder(path.join(workTree, folder), copied, comment + stringify(value, { lineWidth: 0 }));
  try {
    await writeTogether(assignments);
  } catch (error) {
    await rm(path.join(workTree, folder), { recursive: true, force: true });
    throw error;
  }
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ app, version, folder, images: value.images, assigned: options.assign ?? [] });
    return;
  }
  terminal.table(
    ['SERVICE', 'IMAGE', 'DIGEST'],
    Object.entries(value.images).map(([service, { image, digest }]) => [service, image, digest]),
  );
  terminal.line(
    `${terminal.colour('green', 'wrote')} ${[`${folder}/`, ...(options.assign ?? [])].join(', ')}`,
  );
}

const readRegistry = registryOption('--insecure');
const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

export function registerRelease(command: Command, stop: Stop): void {
  command
    .argument('<app>', 'folder in apps/')
    .argument('<version>', 'name of the release; Compose files see it as TOWLINE_RELEASE')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--set <NAME=value>', 'variable of this release for the Compose file; repeatable', collect)
    .option(
      '--assign <file>',
      'put the release into this file, such as groups/canary.yaml; repeatable',
      collect,
    )
    .option(
      '--insecure <registry>',
      'ask this registry without TLS (loopback ones always are); repeatable',
      (text, previous: readonly string[] | undefined) => collect(readRegistry(text), previous),
    )
    .option('--notes <text>', 'what is new')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline release hello 1.1.0', 'writes apps/hello/releases/1.1.0/'],
        ['towline release hello 1.1.0 --assign groups/canary.yaml', 'and gives it to a group'],
      ]),
    )
    .action((app: string, version: string, options: ReleaseOptions) =>
      release(app, version, options, stop()),
    );
}
