/** docker compose 1.29, as Debian 12 has it: a Python program, with all that it needs. */
import { insideRoot, suiteRoot } from './suite-root.ts';

/**
 * The command; folders below /tmp and the engine's socket are the machine's.
 * @throws Error where the packages cannot be had
 */
export function composeOne(): string[] {
  const root = suiteRoot('bookworm', 'docker-compose-bookworm', ['docker-compose']);
  return insideRoot(root, ['/usr/bin/python3', '/usr/bin/docker-compose']);
}
