import { castText } from './cast.ts';
import { ComposeFault, type Path, printable } from './fault.ts';
import type { Marks } from './marks.ts';
import { type Shape, shapeOfPart } from './shape.ts';
import { type Lookup, substitute, TemplateError } from './template.ts';
import { emptyMapping, isList, isMapping, type Value } from './value.ts';

function interpolateText(text: string, shape: Shape | undefined, lookup: Lookup, path: Path): Value {
  let replaced: string;
  try {
    replaced = substitute(text, lookup);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new ComposeFault('COMPOSE_INTERPOLATION', path, printable(error.message));
  }
  if (shape?.cast === undefined) return replaced;
  const cast = castText(shape.cast, replaced);
  if (cast === undefined) {
    const message = `cannot read \`${printable(replaced)}\` as ${shape.cast}`;
    throw new ComposeFault('COMPOSE_INTERPOLATION', path, message);
  }
  return cast;
}

/** A copy with every string interpolated, and cast where its attribute is a number or a boolean. */
export function interpolate(
  value: Value,
  shape: Shape | undefined,
  lookup: Lookup,
  marks: Marks,
  path: Path = [],
): Value {
  if (typeof value === 'string') return interpolateText(value, shape, lookup, path);
  if (isList(value)) {
    const list = value.map((element, index) =>
      interpolate(element, shapeOfPart(shape, index), lookup, marks, [...path, index]),
    );
    marks.copyAll(value, list);
    return list;
  }
  if (!isMapping(value)) return value;
  const mapping = emptyMapping();
  for (const key of Object.keys(value)) {
    mapping[key] = interpolate(value[key] ?? null, shapeOfPart(shape, key), lookup, marks, [...path, key]);
  }
  marks.copyAll(value, mapping);
  return mapping;
}
