import type { Marks } from '../read/marks.ts';
import { ComposeFault, type Path, pathText } from '../value/fault.ts';
import { isInteger, isList, isMapping, textOf, typeName, type Value } from '../value/value.ts';
import { type IndexRule, type Shape, shapeOfPart } from './shape.ts';
import { parseVolume } from './volume-spec.ts';

type Indexer = (value: Value, path: Path) => string;

function refuse(path: Path, message: string): never {
  throw new ComposeFault('COMPOSE_SCHEMA', path, `${pathText(path)} ${message}`);
}

function keyValue(value: Value, path: Path): string {
  if (typeof value !== 'string') return refuse(path, `must be a string, not ${typeName(value)}`);
  const [key = ''] = value.split('=', 1);
  return key;
}

function targetOf(value: Value, path: Path): string {
  if (!isMapping(value)) return '';
  return typeof value.target === 'string' ? value.target : refuse(path, 'misses its `target`');
}

function mountIndexer(folder: string): Indexer {
  return (value, path) => {
    if (typeof value === 'string') return `${folder}/${value}`;
    if (!isMapping(value)) return refuse(path, `must be a string or a mapping, not ${typeName(value)}`);
    return typeof value.target === 'string' ? value.target : `${folder}/${textOf(value.source ?? null)}`;
  };
}

function portKey(value: Value, path: Path): string {
  if (!isMapping(value)) return isInteger(value) || typeof value === 'string' ? textOf(value) : '';
  if (!('target' in value)) return refuse(path, 'misses its `target` port');
  const published = value.published ?? null;
  const protocol = value.protocol ?? 'tcp';
  return [value.host_ip ?? '0.0.0.0', typeof published, published, value.target ?? null, protocol]
    .map(part => textOf(part))
    .join('|');
}

const indexers: Readonly<Record<IndexRule, Indexer>> = {
  'key-value': keyValue,
  volume: (value, path) =>
    typeof value === 'string' ? (parseVolume(value, path).target ?? '') : targetOf(value, path),
  device: (value, path) => {
    if (typeof value !== 'string') return targetOf(value, path);
    const [source = '', target] = value.split(':');
    return target ?? source;
  },
  config: mountIndexer(''),
  secret: mountIndexer('/run/secrets'),
  expose: (value, path) => {
    if (typeof value === 'string' || (isInteger(value) && value < 2 ** 63)) return textOf(value);
    return refuse(path, `must be a string or an integer, not ${typeName(value)}`);
  },
  port: portKey,
  'env-file': (value, path) => {
    if (typeof value === 'string') return value;
    if (isMapping(value))
      return typeof value.path === 'string' ? value.path : refuse(path, 'misses its `path`');
    return '';
  },
};

function uniqueList(value: Value[], rule: IndexRule, marks: Marks, path: Path): Value[] {
  const list: Value[] = [];
  const indexes = new Map<string, number>();
  for (const [from, element] of value.entries()) {
    const key = indexers[rule](element, [...path, from]);
    const index = indexes.get(key) ?? list.length;
    indexes.set(key, index);
    list[index] = element;
    marks.copy(value, from, list, index);
  }
  return list;
}

/** Of elements that are the same by their attribute's rule, the last stays, at the place of the first. Changes `value`. */
export function enforceUnicity(value: Value, shape: Shape | undefined, marks: Marks, path: Path = []): Value {
  if (isList(value)) return shape?.index === undefined ? value : uniqueList(value, shape.index, marks, path);
  if (!isMapping(value) || shape === undefined) return value;
  for (const key of Object.keys(value)) {
    value[key] = enforceUnicity(value[key] ?? null, shapeOfPart(shape, key), marks, [...path, key]);
  }
  return value;
}
