/** What the printers of single attributes share. */
import type { Shape } from '../shape/shape.ts';
import { booleanOf } from '../value/cast.ts';
import { ComposeFault, type Path, pathText, printable } from '../value/fault.ts';
import type { Json } from '../value/model.ts';
import { isInteger, textOf, typeName, type Value } from '../value/value.ts';

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

export const unlessEmptyList = (list: Json[]): Printed => (list.length === 0 ? undefined : list);
export const unlessEmptyMap = (map: { [key: string]: Json }): Printed =>
  Object.keys(map).length === 0 ? undefined : map;

/** Also a key such as `__proto__`. */
export function define<Held>(map: { [key: string]: Held }, key: string, value: Held): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
