import type { Path } from '../value/fault.ts';
import { isMapping, type Value } from '../value/value.ts';

/** Takes the paths that `!reset` and `!override` name out of an earlier value. Lists stay as they are, with all in them. Changes `target`. */
export function removePaths(target: Value, paths: readonly Path[]): void {
  for (const path of paths) {
    const last = path.at(-1);
    let owner: Value | undefined = target;
    for (const part of path.slice(0, -1)) owner = isMapping(owner) ? owner[part] : undefined;
    if (isMapping(owner) && typeof last === 'string') delete owner[last];
  }
}
