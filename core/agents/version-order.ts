/** Which of two versions is the newer: by their numbers from the left; with `-rc1` behind them it comes before the one without. */

/** @returns less than 0: the first one is older */
export function compareVersions(left: string, right: string): number {
  const [old, now] = [partsOf(left), partsOf(right)];
  for (let at = 0; at < Math.max(old.numbers.length, now.numbers.length); at += 1) {
    const difference = (old.numbers[at] ?? 0) - (now.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if ((old.rest === '') !== (now.rest === '')) return old.rest === '' ? 1 : -1;
  return old.rest < now.rest ? -1 : old.rest > now.rest ? 1 : 0;
}

/** @returns undefined where there is none */
export function newestVersion(versions: Iterable<string>): string | undefined {
  return [...versions].sort(compareVersions).at(-1);
}

function partsOf(version: string): { readonly numbers: readonly number[]; readonly rest: string } {
  const [found = '', digits = ''] = /^v?(\d{1,9}(?:\.\d{1,9})*)/.exec(version) ?? [];
  // What follows a plus is a build, and no other version.
  const rest = version.slice(found.length).replace(/\+.*$/, '');
  return { numbers: digits === '' ? [] : digits.split('.').map(Number), rest };
}
