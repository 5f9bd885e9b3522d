import type { PrintRule, Shape } from '../shape/shape.ts';
import { booleanOf } from '../value/cast.ts';
import { ComposeFault, type Path, pathText, printable } from '../value/fault.ts';
import type { Json } from '../value/model.ts';
import { isInteger, type Mapping, textOf, typeName, type Value } from '../value/value.ts';
import { printCollection } from './print-collections.ts';
import { isScalarRule, printScalar } from './print-scalars.ts';

/** Undefined: the attribute is left out, as Go leaves out what is empty. */
export type Printed = Json | undefined;
export type Printer = (value: Value, shape: Shape, path: Path) => Printed;

export function refusePrint(path: Path, value: Value, wanted: string): never {
  const scalar = typeof value === 'string' || isInteger(value);
  const shown = scalar ? `\`${printable(textOf(value))}\`` : typeName(value);
  throw new ComposeFault('COMPOSE_VALUE', path, `${pathText(path)}: ${shown} is not ${wanted}`);
}

/** A text, or an integer as one. */
export function asText(value: Value, path: Path): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (isInteger(value) && value < 2 ** 63) return textOf(value);
  return refusePrint(path, value, 'a string');
}

export function asBoolean(value: Value, path: Path): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  const cast = typeof value === 'string' ? booleanOf(value) : undefined;
  return cast ?? refusePrint(path, value, 'a boolean');
}

/** The attributes of a mapping that have something to print, under the names that the canonical model gives them. */
export function printStruct(value: Mapping, shape: Shape, path: Path): { [key: string]: Json } {
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

/** One attribute in the form of the canonical model. @throws ComposeFault COMPOSE_VALUE */
export function printValue(value: Value, shape: Shape, path: Path): Printed {
  if (shape.print === undefined || shape.print === 'never') return undefined;
  if (isScalarRule(shape.print)) return printScalar(shape.print, value, path);
  return printCollection(shape.print, value, shape, path);
}
