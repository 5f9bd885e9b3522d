/** Names of repositories in references of images. */

/** A reference without tag and digest. A colon before the last slash belongs to a port. */
export function repositoryOf(image: string): string {
  const name = image.replace(/@.*$/, '');
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  return colon < 0 ? name : name.slice(0, colon);
}

const hubNames = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/**
 * With its registry, in one spelling: `nginx:1` and `index.docker.io/library/nginx` are `docker.io/library/nginx`, and a
 * registry's capitals are none, as names of hosts have it.
 */
export function fullRepository(image: string): string {
  const repository = repositoryOf(image);
  const slash = repository.indexOf('/');
  const first = slash < 0 ? '' : repository.slice(0, slash);
  const isHost = /[.:[A-Z]/.test(first) || first === 'localhost';
  const host = first.toLowerCase();
  if (isHost && !hubNames.has(host)) return `${host}${repository.slice(slash)}`;
  const path = isHost ? repository.slice(slash + 1) : repository;
  return `docker.io/${path.includes('/') ? path : `library/${path}`}`;
}
