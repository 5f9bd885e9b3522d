import { ComposeFault, type Path, pathText } from '../value/fault.ts';
import { emptyMapping, isList, isMapping, type Mapping, textOf, type Value } from '../value/value.ts';
import type { Marks } from './marks.ts';

/** `KEY: value` pairs and single texts as `KEY=value` elements; a mapping's are sorted. */
export function toSequence(value: Value, marks: Marks): Value[] {
  if (isList(value)) return value;
  if (typeof value === 'string') return [value];
  if (!isMapping(value)) return [];
  const pairs = Object.keys(value).flatMap(key => {
    const held = value[key] ?? null;
    if (held === null) return [{ key, element: key }];
    const each = isList(held) ? held : [held];
    return each.map(one => ({ key, element: `${key}=${textOf(one)}` }));
  });
  pairs.sort((a, b) => (a.element < b.element ? -1 : a.element > b.element ? 1 : 0));
  const list: Value[] = pairs.map(pair => pair.element);
  for (const [index, pair] of pairs.entries()) marks.copy(value, pair.key, list, index);
  return list;
}

/** A list of names as a mapping from each to `value()`. */
export function toNames(value: Value, marks: Marks, held: () => Value, path: Path): Mapping {
  if (isMapping(value)) return value;
  const mapping = emptyMapping();
  if (!isList(value)) return mapping;
  for (const [index, name] of value.entries()) {
    if (typeof name !== 'string') {
      throw new ComposeFault(
        'COMPOSE_SCHEMA',
        [...path, index],
        `${pathText([...path, index])} must be a string`,
      );
    }
    mapping[name] = held();
    marks.copy(value, index, mapping, name);
  }
  return mapping;
}

/** What a dependency named without conditions means. */
export function startedDependency(): Mapping {
  return Object.assign(emptyMapping(), { condition: 'service_started', required: true });
}
