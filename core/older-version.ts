/** Versions by their numbers from the left; what follows them (`-28-arm64`, `+dfsg1`) is a build. */

/** @returns a sentence where a version is older than it must be; one that is not known, or has no numbers, is not judged */
export function olderThan(
  what: string,
  version: string | undefined,
  least: string | undefined,
): string | undefined {
  if (version === undefined || version === '' || least === undefined) return undefined;
  return isOlder(version, least) ? `${what} is ${version}, at least ${least} is wanted` : undefined;
}

function isOlder(version: string, least: string): boolean {
  const numbers = /^\d{1,9}(?:\.\d{1,9})*/.exec(version)?.[0].split('.').map(Number);
  if (numbers === undefined) return false;
  for (const [index, wanted] of least.split('.').map(Number).entries()) {
    const has = numbers[index] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}
