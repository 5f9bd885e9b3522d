import { suggestion } from '../../nearest.ts';
import { ComposeFault, Faults, type Path, pathText, printable } from '../value/fault.ts';
import {
  isList,
  isMapping,
  type Mapping,
  Timestamp,
  typeName,
  type Value,
  WholeFloat,
} from '../value/value.ts';
import { type JsonType, type Shape, shapeOfKey } from './shape.ts';

function hasType(value: Value, type: JsonType): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'list':
      return isList(value);
    case 'mapping':
      return isMapping(value);
    case 'integer':
      return typeof value === 'bigint' || value instanceof WholeFloat || Number.isInteger(value);
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' || value instanceof WholeFloat;
    default:
      return typeof value === type;
  }
}

function refuse(path: Path, message: string): never {
  throw new ComposeFault('COMPOSE_SCHEMA', path, `${pathText(path)} ${message}`);
}

function checkText(value: string, shape: Shape, path: Path): void {
  if (shape.oneOf !== undefined && !shape.oneOf.includes(value)) {
    refuse(path, `must be one of ${shape.oneOf.map(word => `\`${word}\``).join(', ')}`);
  }
  if (shape.pattern !== undefined && !shape.pattern.test(value))
    refuse(path, `must match ${shape.pattern.source}`);
}

function checkNumber(value: number, shape: Shape, path: Path): void {
  if (shape.minimum !== undefined && value < shape.minimum) refuse(path, `must be at least ${shape.minimum}`);
  if (shape.maximum !== undefined && value > shape.maximum) refuse(path, `must be at most ${shape.maximum}`);
}

/** One text for equal values: what `uniqueItems` compares. */
function identity(value: Value): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return Number(part);
    if (part instanceof WholeFloat) return part.value;
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function checkList(value: readonly Value[], shape: Shape, path: Path): void {
  const faults = new Faults();
  const seen = new Set<string>();
  const check = (element: Value, here: Path) => {
    if (shape.items !== undefined) validate(element, shape.items, here);
    if (!shape.uniqueItems) return;
    const id = identity(element);
    if (seen.has(id)) refuse(here, 'stands in the list twice');
    seen.add(id);
  };
  for (const [index, element] of value.entries()) faults.attempt(() => check(element, [...path, index]));
  faults.end();
}

function checkMapping(value: Mapping, shape: Shape, path: Path): void {
  const faults = new Faults();
  for (const key of shape.required ?? []) {
    if (!(key in value)) faults.attempt(() => refuse(path, `misses \`${key}\``));
  }
  for (const key of Object.keys(value)) {
    const known = shapeOfKey(shape, key);
    if (known !== undefined) faults.attempt(() => validate(value[key] ?? null, known, [...path, key]));
    else if (shape.closed && !(shape.extensible && key.startsWith('x-')))
      faults.attempt(() => refuseKey(key, shape, path));
  }
  faults.end();
}

function refuseKey(key: string, shape: Shape, path: Path): never {
  const parent = pathText(path);
  const message = shape.named === undefined ? 'is not an attribute' : 'is not a name';
  const where = parent === '' ? 'a Compose file' : parent;
  const near = suggestion(key, Object.keys(shape.properties ?? {}));
  throw new ComposeFault(
    'COMPOSE_SCHEMA',
    [...path, key],
    `\`${printable(key)}\` ${message} of ${where}${near}`,
  );
}

const typeWords: Readonly<Record<JsonType, string>> = {
  null: 'null',
  boolean: 'a boolean',
  integer: 'an integer',
  number: 'a number',
  string: 'a string',
  list: 'a list',
  mapping: 'a mapping',
};

/** @throws ComposeFault COMPOSE_SCHEMA for the first value that the specification does not take, the others beside it. */
export function validate(value: Value, shape: Shape, path: Path = []): void {
  if (value instanceof Timestamp && shape.types !== undefined) {
    refuse(path, 'is a date to YAML: put it in quotes');
  }
  if (shape.types !== undefined && !shape.types.some(type => hasType(value, type))) {
    refuse(path, `must be ${shape.types.map(type => typeWords[type]).join(' or ')}, not ${typeName(value)}`);
  }
  if (typeof value === 'string') checkText(value, shape, path);
  else if (typeof value === 'number' || typeof value === 'bigint') checkNumber(Number(value), shape, path);
  else if (value instanceof WholeFloat) checkNumber(value.value, shape, path);
  else if (isList(value)) checkList(value, shape, path);
  else if (isMapping(value)) checkMapping(value, shape, path);
}
