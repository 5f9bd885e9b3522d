/**
 * Packages and sources of another Debian suite, with package lists of their own: what this machine installs from, and what it
 * has installed, stays as it is.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { debianMirror, debianSecurityMirror } from './debian-mirror.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const timeoutMs = 300_000;

/** @throws Error with the last line that it wrote */
function run(command: string, parameters: readonly string[], folder?: string): void {
  const result = spawnSync(command, parameters, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  if (result.status === 0) return;
  const words = result.stderr?.trim().split('\n').at(-1) ?? '';
  throw new Error(`${command} ${parameters[0] ?? ''} failed: ${words}`);
}

export type Suite = 'bookworm' | 'trixie' | 'sid';

export class DebianSuite {
  readonly #folder: string;
  #places: readonly string[];
  readonly #isolated: readonly string[];

  /**
   * Fetches the suite's list of packages.
   * @param folder for lists and downloads; it is the caller's to remove
   * @param architecture as Debian has it, where it is not this machine's; with it the fixes of the suite are taken as well
   */
  constructor(suite: Suite, folder: string, architecture?: string) {
    this.#folder = folder;
    mkdirSync(path.join(folder, 'lists', 'partial'), { recursive: true });
    mkdirSync(path.join(folder, 'archives', 'partial'), { recursive: true });
    this.#isolated = [
      ['Dir::Etc::SourceList', path.join(folder, 'sources.list')],
      ['Dir::Etc::SourceParts', '/dev/null'],
      ['Dir::State::Lists', path.join(folder, 'lists')],
      ['Dir::Cache', path.join(folder, 'archives')],
      ['APT::Sandbox::User', 'root'],
      ['Acquire::Languages', 'none'],
      ...(architecture === undefined ? [] : [['APT::Architecture', architecture]]),
      ...(architecture === undefined ? [] : [['APT::Architectures', architecture]]),
    ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    const security = architecture === undefined ? undefined : debianSecurityMirror();
    this.#places = [
      `${debianMirror()} ${suite} main`,
      ...(security === undefined ? [] : [`${security} ${suite}-security main`]),
    ];
    try {
      this.#update(['deb']);
    } catch (error) {
      if (this.#places.length === 1) throw error;
      console.error(
        `without the fixes of ${suite} for ${architecture}: ${error instanceof Error ? error.message : error}`,
      );
      this.#places = this.#places.slice(0, 1);
      this.#update(['deb']);
    }
  }

  /** What is not asked for is not fetched: a list is ten megabytes, and read anew by each command. */
  #update(kinds: readonly ('deb' | 'deb-src')[]): void {
    const lines = kinds.flatMap(kind =>
      this.#places.map(place => `${kind} [signed-by=${keyring}] ${place}\n`),
    );
    writeFileSync(path.join(this.#folder, 'sources.list'), lines.join(''));
    run('apt-get', ['-qq', ...this.#isolated, 'update']);
  }

  /** Unpacks packages, and not what they need, one over the other. */
  unpack(packages: readonly string[], into: string): void {
    const folder = this.#downloadFolder('packages');
    run('apt-get', ['-qq', ...this.#isolated, 'download', ...packages], folder);
    const archives = readdirSync(folder).filter(name => name.endsWith('.deb'));
    if (archives.length < packages.length) throw new Error(`apt-get downloaded ${archives.length} packages`);
    for (const archive of archives) run('dpkg', ['-x', path.join(folder, archive), into]);
  }

  /**
   * Unpacks packages and all that they need, its C library too: a root folder to run them in (`insideRoot`).
   * @returns the names of their archives, `git_1%3a2.39.5_amd64.deb`
   */
  unpackWithNeeds(packages: readonly string[], into: string): string[] {
    const folder = this.#downloadFolder('needs');
    mkdirSync(path.join(folder, 'partial'));
    // Nothing is installed there yet.
    writeFileSync(path.join(folder, 'status'), '');
    const settings = [`Dir::State::status=${folder}/status`, `Dir::Cache::Archives=${folder}/`];
    const options = ['-qq', '-y', '--no-install-recommends', '--download-only'].concat(
      [...settings, 'Debug::NoLocking=true'].flatMap(setting => ['-o', setting]),
    );
    run('apt-get', [...this.#isolated, ...options, 'install', ...packages]);
    const archives = readdirSync(folder).filter(name => name.endsWith('.deb'));
    for (const archive of archives) run('dpkg', ['-x', path.join(folder, archive), into]);
    return archives.sort();
  }

  /** Unpacks the upstream's source of a source package, as Debian has it and without Debian's patches. */
  unpackSource(name: string, into: string): void {
    this.#update(['deb-src']);
    const folder = this.#downloadFolder('sources');
    run('apt-get', ['-qq', ...this.#isolated, 'source', '--download-only', name], folder);
    const archive = readdirSync(folder).find(file => file.includes('.orig.tar.'));
    if (archive === undefined) throw new Error(`apt-get downloaded no source of ${name}`);
    mkdirSync(into, { recursive: true });
    run('tar', ['-xf', path.join(folder, archive), '--strip-components=1', '-C', into]);
  }

  #downloadFolder(name: string): string {
    const folder = path.join(this.#folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}
