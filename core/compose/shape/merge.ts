import type { Marks } from '../read/marks.ts';
import { startedDependency, toNames, toSequence } from '../read/sequence.ts';
import { ComposeFault, type Path, pathText } from '../value/fault.ts';
import { emptyMapping, isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { type MergeRule, type Shape, shapeOfKey } from './shape.ts';

interface Merging {
  readonly marks: Marks;
}

type Merger = (base: Value, over: Value, shape: Shape, path: Path, merging: Merging) => Value;

function mergeMappings(
  base: Mapping,
  over: Mapping,
  shape: Shape | undefined,
  path: Path,
  merging: Merging,
): Mapping {
  const merged = emptyMapping();
  Object.assign(merged, base);
  merging.marks.copyAll(base, merged);
  for (const key of Object.keys(over)) {
    const value = over[key] ?? null;
    const present = key in base;
    merged[key] = present
      ? mergeValues(base[key] ?? null, value, shapeOfKey(shape, key), [...path, key], merging)
      : value;
    merging.marks.copy(over, key, merged, key);
  }
  return merged;
}

function concat(
  first: readonly Value[],
  second: readonly Value[],
  from: [Value, Value],
  { marks }: Merging,
): Value[] {
  const list = [...first, ...second];
  const [base, over] = from;
  if (isList(base)) for (const index of first.keys()) marks.copy(base, index, list, index);
  if (isList(over)) for (const index of second.keys()) marks.copy(over, index, list, first.length + index);
  return list;
}

function mergeSequences(base: Value, over: Value, merging: Merging): Value[] {
  const first = toSequence(base, merging.marks);
  const second = toSequence(over, merging.marks);
  return concat(first, second, [first, second], merging);
}

function asBuild(value: Value): Mapping {
  if (isMapping(value)) return value;
  return typeof value === 'string' ? Object.assign(emptyMapping(), { context: value }) : emptyMapping();
}

function mergeLogging(base: Value, over: Value, shape: Shape, path: Path, merging: Merging): Value {
  if (!isMapping(base) || !isMapping(over)) return over ?? base;
  const same = base.driver === over.driver || !('driver' in base) || !('driver' in over);
  return same ? mergeMappings(base, over, shape, path, merging) : over;
}

/** Pools of one subnet are merged, others stand beside each other. */
function mergePools(base: Value, over: Value, shape: Shape, path: Path, merging: Merging): Value {
  if (!isList(base) || !isList(over)) {
    throw new ComposeFault('COMPOSE_MERGE', path, `${pathText(path)} cannot be merged: both must be lists`);
  }
  const pools: Mapping[] = [];
  const indexOf = (pool: Mapping) => pools.findIndex(known => known.subnet === pool.subnet);
  for (const original of base) {
    for (const override of over) {
      if (!isMapping(original) || !isMapping(override)) continue;
      if (override.subnet !== original.subnet && indexOf(override) < 0) {
        pools.push(override);
        continue;
      }
      const merged = mergeMappings(original, override, shape.items, path, merging);
      const index = indexOf(merged);
      if (index >= 0) pools[index] = merged;
      else pools.push(merged);
    }
  }
  return pools;
}

const mergers: Readonly<Record<MergeRule, Merger>> = {
  replace: (_base, over) => over,
  sequence: (base, over, _shape, _path, merging) => mergeSequences(base, over, merging),
  hosts: (base, over, _shape, _path, merging) => {
    const first = toSequence(base, merging.marks);
    const second = toSequence(over, merging.marks).filter(host => !first.includes(host));
    return concat(first, second, [first, over], merging);
  },
  build: (base, over, shape, path, merging) =>
    mergeMappings(asBuild(base), asBuild(over), shape, path, merging),
  'depends-on': (base, over, shape, path, merging) =>
    mergeMappings(
      toNames(base, merging.marks, startedDependency, path),
      toNames(over, merging.marks, startedDependency, path),
      shape,
      path,
      merging,
    ),
  names: (base, over, shape, path, merging) =>
    mergeMappings(
      toNames(base, merging.marks, () => null, path),
      toNames(over, merging.marks, () => null, path),
      shape,
      path,
      merging,
    ),
  logging: mergeLogging,
  ulimit: (_base, over) => over,
  'ipam-config': mergePools,
};

function mergeValues(
  base: Value,
  over: Value,
  shape: Shape | undefined,
  path: Path,
  merging: Merging,
): Value {
  if (shape?.merge !== undefined) return mergers[shape.merge](base, over, shape, path, merging);
  if (over === null) return base;
  if (isMapping(base) && isMapping(over)) return mergeMappings(base, over, shape, path, merging);
  if (isList(base) && isList(over)) return concat(base, over, [base, over], merging);
  if (isMapping(base) || isList(base)) {
    throw new ComposeFault(
      'COMPOSE_MERGE',
      path,
      `${pathText(path)} cannot be overridden by a value of another form`,
    );
  }
  return over;
}

/**
 * `over` laid on `base` by the rules of the table. Neither is changed.
 * @throws ComposeFault COMPOSE_MERGE where forms do not fit.
 */
export function merge(base: Mapping, over: Mapping, shape: Shape, marks: Marks, path: Path = []): Mapping {
  return mergeMappings(base, over, shape, path, { marks });
}
