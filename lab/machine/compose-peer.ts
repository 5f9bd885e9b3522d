/**
 * docker compose of another Debian suite, to run beside us: its package is downloaded with package lists of its own
 * and unpacked into a cache folder. Nothing is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { debianMirror } from './debian-mirror.ts';

/** trixie brings 2.26, the peer of the benchmarks; sid 2.40, whose labels we write. */
export type PeerSuite = 'trixie' | 'sid';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const plugin = 'usr/libexec/docker/cli-plugins/docker-compose';

function run(command: string, parameters: readonly string[], folder?: string): string {
  const result = spawnSync(command, parameters, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 180_000,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  if (result.status === 0) return result.stdout;
  throw new Error(
    `${command} ${parameters[0] ?? ''} failed: ${result.stderr?.trim().split('\n').at(-1) ?? ''}`,
  );
}

function download(suite: PeerSuite, folder: string): void {
  mkdirSync(path.join(folder, 'lists', 'partial'), { recursive: true });
  mkdirSync(path.join(folder, 'archives', 'partial'), { recursive: true });
  const sources = path.join(folder, 'sources.list');
  writeFileSync(sources, `deb [signed-by=${keyring}] ${debianMirror()} ${suite} main\n`);
  const isolated = [
    ['Dir::Etc::SourceList', sources],
    ['Dir::Etc::SourceParts', '/dev/null'],
    ['Dir::State::Lists', path.join(folder, 'lists')],
    ['Dir::Cache', path.join(folder, 'archives')],
    ['Dir::Cache::pkgcache', ''],
    ['Dir::Cache::srcpkgcache', ''],
    ['APT::Sandbox::User', 'root'],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  run('apt-get', ['-qq', ...isolated, 'update']);
  run('apt-get', ['-qq', ...isolated, 'download', 'docker-compose'], folder);
}

/**
 * Path of docker compose's own program (it runs without the docker command).
 * @throws Error where the package cannot be had
 */
export function composePeer(suite: PeerSuite = 'trixie'): string {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'towline');
  const folder = path.join(cache, `docker-compose-${suite}`);
  const program = path.join(folder, plugin);
  if (existsSync(program)) return program;
  const temporary = `${folder}.${process.pid}`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    download(suite, temporary);
    const archive = readdirSync(temporary).find(name => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get downloaded no package');
    const unpacked = path.join(temporary, 'unpacked');
    run('dpkg', ['-x', path.join(temporary, archive), unpacked]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unpacked, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return program;
}
