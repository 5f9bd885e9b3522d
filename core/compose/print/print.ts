import type { PrintRule, Shape } from '../shape/shape.ts';
import type { Path } from '../value/fault.ts';
import { extensionsKey, type Json } from '../value/model.ts';
import { isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { collectionPrinters } from './print-collections.ts';
import { isScalarRule, printScalar, type ScalarRule } from './print-scalars.ts';
import {
  define,
  type Printed,
  type Printer,
  refusePrint,
  unlessEmptyList,
  unlessEmptyMap,
} from './printed.ts';

/** The attributes of a mapping that have something to print, under the names that the canonical model gives them. */
function printStruct(value: Mapping, shape: Shape, path: Path): { [key: string]: Json } {
  const printed: { [key: string]: Json } = {};
  for (const [key, attribute] of Object.entries(shape.properties ?? {})) {
    const present = key in value;
    if (!present && !attribute.always) continue;
    const json = printValue(present ? (value[key] ?? null) : null, attribute, [...path, key]);
    if (json !== undefined) printed[attribute.printedAs ?? key] = json;
    else if (attribute.always) printed[attribute.printedAs ?? key] = emptyOf(attribute.print);
  }
  for (const [key, attribute] of Object.entries(shape.properties ?? {})) {
    if (attribute.print === 'struct' && !(key in printed))
      printed[key] = printStruct({}, attribute, [...path, key]);
  }
  return printed;
}

function emptyOf(rule: PrintRule | undefined): Json {
  if (rule === 'boolean') return false;
  if (rule === 'integer' || rule === 'unsigned') return 0;
  if (rule === 'bytes') return '0';
  return rule === 'command' ? null : '';
}

const struct: Printer = (value, shape, path) => {
  if (value === null) return shape.print === 'struct' ? printStruct({}, shape, path) : undefined;
  return isMapping(value) ? printStruct(value, shape, path) : refusePrint(path, value, 'a mapping');
};

const structs: Printer = (value, shape, path) => {
  if (value === null) return undefined;
  const items = shape.items;
  if (!isList(value) || items === undefined) return refusePrint(path, value, 'a list');
  return unlessEmptyList(
    value.map((element, index) => {
      if (!isMapping(element)) return refusePrint([...path, index], element, 'a mapping');
      return printStruct(element, items, [...path, index]);
    }),
  );
};

const structMap: Printer = (value, shape, path) => {
  if (value === null) return undefined;
  if (!isMapping(value)) return refusePrint(path, value, 'a mapping');
  const map: { [key: string]: Json } = {};
  const named = shape.named?.shape ?? {};
  for (const key of Object.keys(value)) {
    const held = value[key] ?? null;
    if (shape.foldsExtensions && key.startsWith('x-')) map[extensionsKey] = {};
    else if (held === null) define(map, key, null);
    else if (isMapping(held)) define(map, key, printStruct(held, named, [...path, key]));
    else refusePrint([...path, key], held, 'a mapping');
  }
  return unlessEmptyMap(map);
};

const collections: Readonly<Record<Exclude<PrintRule, ScalarRule | 'never'>, Printer>> = {
  ...collectionPrinters,
  struct,
  'optional-struct': struct,
  structs,
  'struct-map': structMap,
};

/** One attribute in the form of the canonical model. @throws ComposeFault COMPOSE_VALUE */
export function printValue(value: Value, shape: Shape, path: Path): Printed {
  const rule = shape.print;
  if (rule === undefined || rule === 'never') return undefined;
  return isScalarRule(rule) ? printScalar(rule, value, path) : collections[rule](value, shape, path);
}
