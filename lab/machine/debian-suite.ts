/**
 * Packages and sources of another Debian suite, with package lists of their own: what this machine installs from, and what it
 * has installed, stays as it is.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { debianMirror } from './debian-mirror.ts';

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
  readonly #suite: Suite;
  readonly #isolated: readonly string[];

  /** Fetches the suite's list of packages. @param folder for lists and downloads; it is the caller's to remove */
  constructor(suite: Suite, folder: string) {
    this.#folder = folder;
    this.#suite = suite;
    mkdirSync(path.join(folder, 'lists', 'partial'), { recursive: true });
    mkdirSync(path.join(folder, 'archives', 'partial'), { recursive: true });
    this.#isolated = [
      ['Dir::Etc::SourceList', path.join(folder, 'sources.list')],
      ['Dir::Etc::SourceParts', '/dev/null'],
      ['Dir::State::Lists', path.join(folder, 'lists')],
      ['Dir::Cache', path.join(folder, 'archives')],
      ['APT::Sandbox::User', 'root'],
      ['Acquire::Languages', 'none'],
    ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    this.#update(['deb']);
  }

  /** What is not asked for is not fetched: a list is ten megabytes, and read anew by each command. */
  #update(kinds: readonly ('deb' | 'deb-src')[]): void {
    const where = `[signed-by=${keyring}] ${debianMirror()} ${this.#suite} main`;
    writeFileSync(path.join(this.#folder, 'sources.list'), kinds.map(kind => `${kind} ${where}\n`).join(''));
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

  /** Unpacks packages and all that they need, its C library too: a root folder to run them in (`insideRoot`). */
  unpackWithNeeds(packages: readonly string[], into: string): void {
    const folder = this.#downloadFolder('needs');
    mkdirSync(path.join(folder, 'partial'));
    // Nothing is installed there yet.
    writeFileSync(path.join(folder, 'status'), '');
    const settings = [`Dir::State::status=${folder}/status`, `Dir::Cache::Archives=${folder}/`];
    const options = ['-qq', '-y', '--no-install-recommends', '--download-only'].concat(
      [...settings, 'Debug::NoLocking=true'].flatMap(setting => ['-o', setting]),
    );
    run('apt-get', [...this.#isolated, ...options, 'install', ...packages]);
    for (const archive of readdirSync(folder).filter(name => name.endsWith('.deb')))
      run('dpkg', ['-x', path.join(folder, archive), into]);
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
