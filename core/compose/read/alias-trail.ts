import type { Node } from 'yaml';
import type { Path } from '../value/fault.ts';

interface Visits {
  readonly paths: Set<string>;
  readonly prefixes: Set<string>;
}

function prefixesOf(path: string): string[] {
  const prefixes: string[] = [];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1))
    prefixes.push(path.slice(0, dot));
  return prefixes;
}

/**
 * Where the aliases of each anchor stand. The oracle takes an anchor that is used at a path and again below it for a
 * circle, dots in names included; what it cannot read is refused here too, see docs/decisions/compose-model.md.
 */
export class AliasTrail {
  readonly #visits = new Map<Node, Visits>();
  readonly #seen = new Set<Node>();

  /** Whether `alias`, met for the first time, stands above or below another alias of the same `target`. */
  repeats(alias: Node, target: Node, path: Path): boolean {
    if (this.#seen.has(alias)) return false;
    this.#seen.add(alias);
    const text = path.join('.');
    const prefixes = prefixesOf(text);
    const visits = this.#visits.get(target) ?? { paths: new Set(), prefixes: new Set() };
    this.#visits.set(target, visits);
    const repeats = visits.prefixes.has(text) || prefixes.some(prefix => visits.paths.has(prefix));
    visits.paths.add(text);
    for (const prefix of prefixes) visits.prefixes.add(prefix);
    return repeats;
  }
}
