/** Where this machine takes Debian's packages from. */
import { spawnSync } from 'node:child_process';

/** @throws Error where it has no such source */
export function debianMirror(): string {
  const format = '$(ORIGIN)|$(REPO_URI)|$(COMPONENT)';
  const targets = spawnSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const lines = (targets.stdout ?? '').split('\n');
  const uris = lines
    .map(line => line.split('|'))
    .flatMap(([origin, uri = '']) => (origin === 'Debian' ? [uri] : []));
  const found = uris.find(uri => !uri.includes('security'));
  if (found === undefined) throw new Error('this machine has no Debian package source');
  return found;
}
