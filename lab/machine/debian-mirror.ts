/** Where this machine takes Debian's packages from. */
import { spawnSync } from 'node:child_process';

/** @throws Error where it has no such source */
export function debianMirror(): string {
  const found = uris().find(uri => !uri.includes('security'));
  if (found === undefined) throw new Error('this machine has no Debian package source');
  return found;
}

/** Where the fixes are that a release gets between its points; undefined where this machine takes none. */
export const debianSecurityMirror = (): string | undefined => uris().find(uri => uri.includes('security'));

function uris(): string[] {
  const format = '$(ORIGIN)|$(REPO_URI)|$(COMPONENT)';
  const targets = spawnSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const lines = (targets.stdout ?? '').split('\n');
  return lines
    .map(line => line.split('|'))
    .flatMap(([origin, uri = '']) => (origin === 'Debian' ? [uri] : []));
}
