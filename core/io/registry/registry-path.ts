/** What a request to a registry asks for, by its path. Source: OCI Distribution Specification 1.1, "Endpoints". */

import { digestPattern } from '../../images/digest.ts';

export type RegistryAsk =
  /** `GET /v2/`: whether there is a registry. */
  | { readonly kind: 'version' }
  | { readonly kind: 'manifest'; readonly name: string; readonly digest: string }
  | { readonly kind: 'tag'; readonly name: string; readonly tag: string }
  | { readonly kind: 'blob'; readonly name: string; readonly digest: string }
  | { readonly kind: 'referrers'; readonly name: string; readonly digest: string }
  /** Lists of tags and of repositories. */
  | { readonly kind: 'list' }
  /** Uploads, and whatever else there is. */
  | { readonly kind: 'other' }
  | { readonly kind: 'malformed'; readonly what: 'NAME_INVALID' | 'DIGEST_INVALID' | 'TAG_INVALID' };

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const namePattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const maxNameLength = 512;

/** @param path without query, as it stands in the request: nothing in it needs an escape but the colon of a digest */
export function readRegistryPath(path: string): RegistryAsk {
  if (path === '/v2/' || path === '/v2') return { kind: 'version' };
  if (path === '/v2/_catalog') return { kind: 'list' };
  const match = /^\/v2\/(.{1,2048}?)\/(manifests|blobs|referrers|tags)\/([^/]{1,256})$/.exec(path);
  const [, name = '', what, last = ''] = match ?? [];
  if (match === null || (what === 'blobs' && last === 'uploads')) return { kind: 'other' };
  if (name.length > maxNameLength || !namePattern.test(name))
    return { kind: 'malformed', what: 'NAME_INVALID' };
  if (what === 'tags') return last === 'list' ? { kind: 'list' } : { kind: 'other' };
  const reference = last.replace(/%3a/i, ':');
  if (digestPattern.test(reference)) {
    const kind = what === 'manifests' ? 'manifest' : what === 'blobs' ? 'blob' : 'referrers';
    return { kind, name, digest: reference };
  }
  if (what !== 'manifests' || reference.includes(':')) return { kind: 'malformed', what: 'DIGEST_INVALID' };
  return tagPattern.test(reference)
    ? { kind: 'tag', name, tag: reference }
    : { kind: 'malformed', what: 'TAG_INVALID' };
}

/** A registry's name as a part of a repository's: a path has no colon. */
export function registrySegment(registry: string): string {
  return registry.replace(':', '_');
}

export interface ByteRange {
  readonly from: number;
  /** Not part of it. */
  readonly to: number;
}

/**
 * One range of bytes, as RFC 9110, 14.1.2 has it.
 * @returns undefined where the header asks for the whole, or for what is answered by the whole (several ranges, other units)
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'outside' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'outside' : { from: size - length, to: size };
  }
  const from = Number(first);
  const to = last === '' ? size : Math.min(size, Number(last) + 1);
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'outside' : { from, to };
}
