/** The target of a request, read once. What could be read in two ways is no target: nothing behind this decodes anything. */

export interface RequestTarget {
  /** As it was sent, without what stands behind `?`. */
  readonly path: string;
  /** Between the slashes; none for `/`. */
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

export const maxTargetBytes = 8 * 1024;
const maxSegments = 12;
const maxParameters = 32;
const maxValueLength = 7168;

/** Names, versions and ids have no other letters; `%` is among them nowhere. */
const pathPattern = /^(?:\/|(?:\/[A-Za-z0-9_+@~.-]{1,255})+)$/;
const dots = /^\.{1,2}$/;

/** @returns undefined: `..`, `//`, `%2f`, another alphabet, a name twice, more than there may be */
export function readTarget(target: string): RequestTarget | undefined {
  if (target.length > maxTargetBytes) return undefined;
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!pathPattern.test(path)) return undefined;
  const segments = path === '/' ? [] : path.slice(1).split('/');
  if (segments.length > maxSegments || segments.some(segment => dots.test(segment))) return undefined;
  const query = mark < 0 ? new Map<string, string>() : readQuery(target.slice(mark + 1));
  return query === undefined ? undefined : { path, segments, query };
}

function readQuery(text: string): ReadonlyMap<string, string> | undefined {
  const query = new Map<string, string>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decoded(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : decoded(part.slice(equals + 1));
    if (name === undefined || value === undefined || !/^[a-z][a-zA-Z_]{0,31}$/.test(name)) return undefined;
    if (query.has(name) || query.size >= maxParameters || value.length > maxValueLength) return undefined;
    query.set(name, value);
  }
  return query;
}

/** What a person types may have any letter, but none that steers. */
function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text.replaceAll('+', ' '));
    return /\p{Cc}|\p{Cs}/u.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}
