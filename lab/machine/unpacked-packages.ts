/**
 * Debian packages of this machine's own suite, unpacked into a cache folder outside of the repository and run from there:
 * nothing is installed, no service starts, and what conflicts with each other lies side by side.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { canInstall } from './packages.ts';

export interface UnpackedPackages {
  /** Below it lie `usr`, `etc`, … of the packages and of what they need that this machine lacks. */
  readonly root: string;
  /** For programs started from there. */
  readonly environment: Readonly<Record<string, string>>;
}

function run(command: string, parameters: readonly string[]): void {
  const result = spawnSync(command, parameters, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (result.status === 0) return;
  const words = result.stderr?.trim().split('\n').at(-1) ?? '';
  throw new Error(`${command} ${parameters[0] ?? ''} failed: ${words}`);
}

function download(names: readonly string[], folder: string): void {
  mkdirSync(path.join(folder, 'partial'), { recursive: true });
  const options = ['-qq', '-y', '--no-install-recommends', '--download-only', '--reinstall'].concat(
    [`Dir::Cache::Archives=${folder}/`, 'APT::Sandbox::User=root', 'Debug::NoLocking=true'].flatMap(
      setting => ['-o', setting],
    ),
  );
  try {
    run('apt-get', [...options, 'install', ...names]);
  } catch {
    // A bare machine has no package lists, or old ones.
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', 'update']);
    run('apt-get', [...options, 'install', ...names]);
  }
}

/** Folders with libraries, two levels down: `usr/lib/x86_64-linux-gnu`, `lib/…`, a program's own. */
function libraryFolders(root: string): string[] {
  const above = ['usr/lib', 'lib'].map(name => path.join(root, name)).filter(existsSync);
  const folders = above.flatMap(folder => readdirSync(folder).map(name => path.join(folder, name)));
  return folders.filter(
    folder =>
      statSync(folder).isDirectory() && readdirSync(folder).some(name => /^lib.*\.so(?:\.|$)/.test(name)),
  );
}

/**
 * @param cacheName of the folder in the cache; one for each set of packages
 * @throws Error where they cannot be had, with a line that says what to do
 */
export function unpackedPackages(cacheName: string, names: readonly string[]): UnpackedPackages {
  const root = cachedFolder(cacheName, (made, scratch) => unpack(names, made, scratch));
  return { root, environment: { LD_LIBRARY_PATH: libraryFolders(root).join(':') } };
}

function unpack(names: readonly string[], into: string, folder: string): void {
  if (!canInstall()) throw new Error(`needs root on Debian or Ubuntu, to have ${names.join(', ')}`);
  const archives = path.join(folder, 'archives');
  download(names, archives);
  for (const name of readdirSync(archives)) {
    if (name.endsWith('.deb')) run('dpkg', ['-x', path.join(archives, name), into]);
  }
}
