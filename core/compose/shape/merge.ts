import type { Marks } from '../read/marks.ts';
import { startedDependency, toNames, toSequence } from '../read/sequence.ts';
import { ComposeFault, type Path, pathText } from '../value/fault.ts';
import { emptyMapping, isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { type MergeRule, type Shape, shapeOfKey } from './shape.ts';

/** Where two values meet. */
interface Meeting {
  readonly shape: Shape | undefined;
  readonly path: Path;
  readonly marks: Marks;
}

type Merger = (base: Value, over: Value, at: Meeting) => Value;

/**
 * `over` laid on `base` by the rules of the table. Neither is changed.
 * @throws ComposeFault COMPOSE_MERGE where forms do not fit.
 */
export function merge(base: Mapping, over: Mapping, { shape, path, marks }: Meeting): Mapping {
  const merged = emptyMapping();
  Object.assign(merged, base);
  marks.copyAll(base, merged);
  for (const key of Object.keys(over)) {
    const value = over[key] ?? null;
    merged[key] =
      key in base
        ? mergeValues(base[key] ?? null, value, {
            shape: shapeOfKey(shape, key),
            path: [...path, key],
            marks,
          })
        : value;
    marks.copy(over, key, merged, key);
  }
  return merged;
}

function concat(
  first: readonly Value[],
  second: readonly Value[],
  from: [Value, Value],
  marks: Marks,
): Value[] {
  const list = [...first, ...second];
  const [base, over] = from;
  if (isList(base)) for (const index of first.keys()) marks.copy(base, index, list, index);
  if (isList(over)) for (const index of second.keys()) marks.copy(over, index, list, first.length + index);
  return list;
}

function mergeSequences(base: Value, over: Value, { marks }: Meeting): Value[] {
  const first = toSequence(base, marks);
  const second = toSequence(over, marks);
  return concat(first, second, [first, second], marks);
}

function mergeHosts(base: Value, over: Value, { marks }: Meeting): Value[] {
  const first = toSequence(base, marks);
  const second = toSequence(over, marks).filter(host => !first.includes(host));
  return concat(first, second, [first, over], marks);
}

/** Lists of names on mappings from names, in any order. */
const mergeNames =
  (held: () => Value): Merger =>
  (base, over, at) =>
    merge(toNames(base, at.marks, held, at.path), toNames(over, at.marks, held, at.path), at);

function asBuild(value: Value): Mapping {
  if (isMapping(value)) return value;
  return typeof value === 'string' ? Object.assign(emptyMapping(), { context: value }) : emptyMapping();
}

function mergeLogging(base: Value, over: Value, at: Meeting): Value {
  if (!isMapping(base) || !isMapping(over)) return over ?? base;
  const same = base.driver === over.driver || !('driver' in base) || !('driver' in over);
  return same ? merge(base, over, at) : over;
}

/** Pools of one subnet are merged, others stand beside each other. */
function mergePools(base: Value, over: Value, at: Meeting): Value {
  if (!isList(base) || !isList(over)) {
    throw new ComposeFault(
      'COMPOSE_MERGE',
      at.path,
      `${pathText(at.path)} cannot be merged: both must be lists`,
    );
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
      const merged = merge(original, override, { ...at, shape: at.shape?.items });
      const index = indexOf(merged);
      if (index >= 0) pools[index] = merged;
      else pools.push(merged);
    }
  }
  return pools;
}

const mergers: Readonly<Record<MergeRule, Merger>> = {
  replace: (_base, over) => over,
  sequence: mergeSequences,
  hosts: mergeHosts,
  build: (base, over, at) => merge(asBuild(base), asBuild(over), at),
  'depends-on': mergeNames(startedDependency),
  names: mergeNames(() => null),
  logging: mergeLogging,
  ulimit: (_base, over) => over,
  'ipam-config': mergePools,
};

function mergeValues(base: Value, over: Value, at: Meeting): Value {
  if (at.shape?.merge !== undefined) return mergers[at.shape.merge](base, over, at);
  if (over === null) return base;
  if (isMapping(base) && isMapping(over)) return merge(base, over, at);
  if (isList(base) && isList(over)) return concat(base, over, [base, over], at.marks);
  if (isMapping(base) || isList(base)) {
    throw new ComposeFault(
      'COMPOSE_MERGE',
      at.path,
      `${pathText(at.path)} cannot be overridden by a value of another form`,
    );
  }
  return over;
}
