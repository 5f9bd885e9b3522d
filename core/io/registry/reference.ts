/** An image reference taken apart. Source: distribution/reference, and what `docker pull` adds to short ones. */
import { TowlineError } from '../../errors.ts';

export interface ImageReference {
  /** host[:port] as the Registry API is asked. */
  readonly registry: string;
  /** With `library/` where Docker Hub adds it. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const dockerHub = 'registry-1.docker.io';
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const pattern = new RegExp(
  `^(?:([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?|\\[[0-9a-fA-F:]+\\](?::[0-9]+)?)/)?(${component}(?:/${component})*)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

/** @throws TowlineError CLI_IMAGE_REFERENCE */
export function parseReference(image: string): ImageReference {
  const match = image.length > 512 ? null : pattern.exec(image);
  if (match === null)
    throw new TowlineError('CLI_IMAGE_REFERENCE', `"${image.slice(0, 200)}" is no image reference`);
  const [, host, path = '', tag, digest] = match;
  // The first part is a host only when it looks like one; else it belongs to the repository.
  const isHost = host !== undefined && (/[.:[]/.test(host) || host === 'localhost');
  const repository = host !== undefined && !isHost ? `${host}/${path}` : path;
  const registry = isHost && host !== 'docker.io' && host !== 'index.docker.io' ? host : dockerHub;
  const library = registry === dockerHub && !repository.includes('/') ? 'library/' : '';
  const defaultTag = tag === undefined && digest === undefined ? 'latest' : tag;
  return { registry, repository: library + repository, tag: defaultTag, digest };
}

/** Whether a registry is on this machine: those are asked without TLS. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:[0-9]+$/, '').replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127\.[0-9]+\.[0-9]+\.[0-9]+$/.test(host);
}
