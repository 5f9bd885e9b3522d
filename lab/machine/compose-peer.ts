/** docker compose of another Debian suite, to run beside us: its package is unpacked into a cache folder. Nothing is installed. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { DebianSuite } from './debian-suite.ts';

/** trixie brings 2.26, the peer of the benchmarks; sid 2.40, whose labels we write. */
export type PeerSuite = 'trixie' | 'sid';

const plugin = 'usr/libexec/docker/cli-plugins/docker-compose';

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
  try {
    const unpacked = path.join(temporary, 'unpacked');
    new DebianSuite(suite, temporary).unpack(['docker-compose'], unpacked);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unpacked, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return program;
}
