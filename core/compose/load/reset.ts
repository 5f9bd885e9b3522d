import type { Path } from '../value/fault.ts';
import { isList, isMapping, type Value } from '../value/value.ts';

/** Takes the paths that `!reset` and `!override` name out of an earlier value. Elements of lists stay. Changes `target`. */
export function removePaths(target: Value, paths: readonly Path[]): void {
  for (const path of paths) {
    const last = path.at(-1);
    let owner: Value | undefined = target;
    for (const part of path.slice(0, -1)) {
      if (isMapping(owner)) owner = owner[part];
      else owner = isList(owner) ? owner[Number(part)] : undefined;
    }
    if (isMapping(owner) && typeof last === 'string') delete owner[last];
  }
}
