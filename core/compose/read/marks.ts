import type { Position } from '../../errors.ts';
import type { Path } from '../value/fault.ts';
import { isList, isMapping, type Mapping, type Value } from '../value/value.ts';

interface Places {
  /** The one that may write: copies share what they were made from until they change. */
  readonly owner: object;
  readonly of: Map<string | number, Position>;
}

/** Where the keys and elements of the mappings and lists in memory stand in their files. One per load. */
export class Marks {
  readonly #places = new WeakMap<object, Places>();

  set(owner: Mapping | Value[], key: string | number, position: Position): void {
    const known = this.#places.get(owner);
    if (known?.owner === owner) known.of.set(key, position);
    else this.#places.set(owner, { owner, of: new Map([...(known?.of ?? []), [key, position]]) });
  }

  get(owner: Mapping | Value[], key: string | number): Position | undefined {
    return this.#places.get(owner)?.of.get(key);
  }

  /** `to[toKey]` came from where `from[fromKey]` stands. */
  copy(
    from: Mapping | Value[],
    fromKey: string | number,
    to: Mapping | Value[],
    toKey: string | number,
  ): void {
    const position = this.get(from, fromKey);
    if (position !== undefined) this.set(to, toKey, position);
  }

  /** `to` was made from `from`, key for key. */
  copyAll(from: Mapping | Value[], to: Mapping | Value[]): void {
    const known = this.#places.get(from);
    if (known !== undefined) this.#places.set(to, known);
  }

  /** A deep copy that stands where the original stands. */
  clone(value: Mapping): Mapping;
  clone(value: Value): Value;
  clone(value: Value): Value {
    if (isList(value)) {
      const copy = value.map(element => this.clone(element));
      this.copyAll(value, copy);
      return copy;
    }
    if (!isMapping(value)) return value;
    const copy: Mapping = Object.create(null);
    for (const key of Object.keys(value)) copy[key] = this.clone(value[key] ?? null);
    this.copyAll(value, copy);
    return copy;
  }

  /** The position of the deepest part of `path` that has one. */
  find(root: Value, path: Path): Position | undefined {
    let found: Position | undefined;
    let here: Value | undefined = root;
    for (const part of path) {
      if (!isList(here) && !isMapping(here)) break;
      found = this.get(here, isList(here) ? Number(part) : part) ?? found;
      here = isList(here) ? here[Number(part)] : here[part];
      if (here === undefined) break;
    }
    return found;
  }
}
