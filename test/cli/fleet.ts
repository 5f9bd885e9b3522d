/** A fleet made by `towline init`, for tests of the other verbs. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { towlineCommand } from '../../cli/command/installation.ts';
import { bundled, commandFolder } from '../../lab/machine/programs.ts';
import { makeSshKey, type SshKey, sshKeyIn } from '../../lab/rig/keys.ts';
import { git, temporaryFolder, towline } from './towline.ts';

export interface TestFleet extends AsyncDisposable {
  readonly directory: string;
  /** A folder beside the repository. */
  readonly folder: string;
  readonly key: SshKey;
  git(...args: string[]): Promise<string>;
  write(file: string, text: string): Promise<void>;
  replace(file: string, from: string, to: string): Promise<void>;
}

/** `init` was called in this process, of the sources: its hooks call them, which costs more at each commit. */
async function callWhatShips(directory: string): Promise<void> {
  const hooks = path.resolve(directory, (await git(directory, 'rev-parse', '--git-path', 'hooks')).trim());
  for (const name of await readdir(hooks)) {
    const file = path.join(hooks, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(towlineCommand, path.join(commandFolder, 'towline')));
  }
}

/** Fleets that were made in this run of the tests: to make one takes as much CPU as most tests do, to copy it next to none. */
const made = bundled === undefined ? undefined : path.join(bundled, 'fleets');

const keyFolder = (folder: string) => path.join(folder, 'signer');
const fleetFolder = (folder: string) => path.join(folder, 'fleet');

async function initFleet(folder: string, options: readonly string[]): Promise<void> {
  const key = await makeSshKey('ed25519');
  await cp(path.dirname(key.file), keyFolder(folder), { recursive: true });
  await key.remove();
  const directory = fleetFolder(folder);
  const args = ['init', directory, '--name', 'acme', '--person', 'alice'];
  const signer = ['--ssh-key', path.join(keyFolder(folder), 'key')];
  const done = await towline([...args, ...signer, '--gateway', '127.0.0.1:8443', ...options]);
  if (done.code !== 0) throw new Error(done.errors);
  await callWhatShips(directory);
}

/** @param folder where one lies, with its key */
async function openFleet(folder: string): Promise<TestFleet> {
  const directory = fleetFolder(folder);
  const write = (file: string, text: string) => writeFile(path.join(directory, file), text);
  return {
    directory,
    folder,
    key: await sshKeyIn(keyFolder(folder)),
    git: (...words) => git(directory, ...words),
    write,
    replace: async (file, from, to) => {
      const text = await readFile(path.join(directory, file), 'utf8');
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      await write(file, text.replace(from, to));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Git's settings name the key, and who signs, by their paths. */
async function copyFleet(from: string, to: string, as = to): Promise<void> {
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  const settings = path.join(fleetFolder(to), '.git/config');
  const text = await readFile(settings, 'utf8');
  await writeFile(settings, text.replaceAll(from, as));
}

/** Made in a folder of its own, or copied from one that was made before. */
async function fleetLike(
  kind: string,
  options: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<TestFleet> {
  const { path: folder } = await temporaryFolder();
  const name = createHash('sha256')
    .update(JSON.stringify([kind, ...options]))
    .digest('hex');
  const original = made === undefined ? undefined : path.join(made, name);
  if (original !== undefined && existsSync(original)) {
    await copyFleet(original, folder);
    return await openFleet(folder);
  }
  await make(folder);
  if (original !== undefined) {
    const draft = `${original}.${path.basename(folder)}`;
    await copyFleet(folder, draft, original);
    // Another process may have been faster.
    await rename(draft, original).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return await openFleet(folder);
}

export const makeFleet = (options: readonly string[] = []): Promise<TestFleet> =>
  fleetLike('new', options, folder => initFleet(folder, options));

/** The same with a release of `hello` that its groups have, of images that no registry has: its first commit. */
export const makeReleasedFleet = (options: readonly string[] = []): Promise<TestFleet> =>
  fleetLike('released', options, async folder => {
    await initFleet(folder, options);
    const fleet = await openFleet(folder);
    await addRelease(fleet, '1.0.0');
    for (const group of ['canary', 'stable'])
      await fleet.replace(
        `groups/${group}.yaml`,
        'priority:',
        'apps: { hello: { release: 1.0.0 } }\npriority:',
      );
    await beginAnew(fleet);
  });

/** Where `hello` stands as devices run it. */
export const helloFolder = 'apps/hello/releases/1.0.0';

/** What lies there is the first commit: it was never otherwise. */
export async function beginAnew(fleet: TestFleet): Promise<void> {
  const [first = ''] = (await fleet.git('rev-list', '--max-parents=0', 'HEAD')).split('\n');
  await fleet.git('reset', '-q', '--soft', first);
  await fleet.git('add', '--all');
  await fleet.git('commit', '-q', '--amend', '--no-edit');
  await fleet.git('config', 'towline.anchor', (await fleet.git('rev-parse', 'HEAD')).trim());
}

/** A release of `hello` as its files are now. */
export async function addRelease({ directory, write }: TestFleet, version: string): Promise<void> {
  const app = path.join(directory, 'apps/hello');
  const folder = path.join(app, 'releases', version);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(app))
    if (name !== 'releases') await cp(path.join(app, name), path.join(folder, name), { recursive: true });
  const images = ['web', 'worker'].flatMap(service => [
    `  ${service}:`,
    `    image: registry.example.com/hello/${service}:${version}`,
    `    digest: sha256:${'0'.repeat(64)}`,
  ]);
  const lines = ['apiVersion: towline/v1', `version: ${version}`, 'images:', ...images, ''];
  await write(`apps/hello/releases/${version}/release.yaml`, lines.join('\n'));
}
