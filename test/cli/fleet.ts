/** A fleet made by `towline init`, for tests of the other verbs. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { towlineCommand } from '../../cli/command/installation.ts';
import { commandFolder } from '../../lab/machine/programs.ts';
import { makeSshKey, type SshKey } from '../../lab/rig/keys.ts';
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

export async function makeFleet(options: readonly string[] = []): Promise<TestFleet> {
  const key = await makeSshKey();
  const folder = await temporaryFolder();
  const directory = path.join(folder.path, 'fleet');
  const args = ['init', directory, '--name', 'acme', '--person', 'alice', '--ssh-key', key.file];
  const made = await towline([...args, '--gateway', '127.0.0.1:8443', ...options]);
  if (made.code !== 0) throw new Error(made.errors);
  await callWhatShips(directory);
  const write = (file: string, text: string) => writeFile(path.join(directory, file), text);
  return {
    directory,
    folder: folder.path,
    key,
    git: (...words) => git(directory, ...words),
    write,
    replace: async (file, from, to) => {
      const text = await readFile(path.join(directory, file), 'utf8');
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      await write(file, text.replace(from, to));
    },
    [Symbol.asyncDispose]: async () => {
      await folder.remove();
      await key.remove();
    },
  };
}

/** Where `hello` stands as devices run it. */
export const helloFolder = 'apps/hello/releases/1.0.0';

/** The same with a release of `hello` that its groups have, of images that no registry has: its first commit. */
export async function makeReleasedFleet(options: readonly string[] = []): Promise<TestFleet> {
  const fleet = await makeFleet(options);
  await addRelease(fleet, '1.0.0');
  for (const group of ['canary', 'stable'])
    await fleet.replace(
      `groups/${group}.yaml`,
      'priority:',
      'apps: { hello: { release: 1.0.0 } }\npriority:',
    );
  await beginAnew(fleet);
  return fleet;
}

/** What lies there is the first commit: it was never otherwise. */
export async function beginAnew(fleet: TestFleet): Promise<void> {
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
