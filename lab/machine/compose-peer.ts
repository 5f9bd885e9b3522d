import { suiteProgram } from './suite-program.ts';

/** trixie brings 2.26, the peer of the benchmarks; sid 2.40, whose labels we write. */
export type PeerSuite = 'trixie' | 'sid';

/**
 * Path of docker compose's own program (it runs without the docker command).
 * @throws Error where the package cannot be had
 */
export function composePeer(suite: PeerSuite = 'trixie'): string {
  return suiteProgram(suite, 'docker-compose', 'usr/libexec/docker/cli-plugins/docker-compose');
}
