import { type Shape, shapeOfPart } from '../shape/shape.ts';
import { castText } from '../value/cast.ts';
import { ComposeFault, Faults, type Path, printable } from '../value/fault.ts';
import { isList, isMapping, type Value } from '../value/value.ts';
import { type Lookup, SecretInterpolated, substitute, TemplateError } from './template.ts';

/** What is asked for values, and told of variables that have none. */
export interface Variables {
  readonly lookup: Lookup;
  readonly onBlank: (name: string, path: Path) => void;
}

function interpolateText(
  text: string,
  shape: Shape | undefined,
  { lookup, onBlank }: Variables,
  path: Path,
): Value {
  let replaced: string;
  try {
    replaced = substitute(text, lookup, name => onBlank(name, path));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const code = error instanceof SecretInterpolated ? 'SECRET_INTERPOLATED' : 'COMPOSE_INTERPOLATION';
    throw new ComposeFault(code, path, printable(error.message));
  }
  if (shape?.cast === undefined) return replaced;
  const cast = castText(shape.cast, replaced);
  if (cast === undefined) {
    const message = `cannot read \`${printable(replaced)}\` as ${shape.cast}`;
    throw new ComposeFault('COMPOSE_INTERPOLATION', path, message);
  }
  return cast;
}

/** Every string interpolated, and cast where its attribute is a number or a boolean. Changes mappings and lists. */
export function interpolate(
  value: Value,
  shape: Shape | undefined,
  variables: Variables,
  path: Path = [],
): Value {
  if (typeof value === 'string') return interpolateText(value, shape, variables, path);
  const faults = new Faults();
  if (isList(value)) {
    for (const [index, element] of value.entries()) {
      faults.attempt(() => {
        value[index] = interpolate(element, shapeOfPart(shape, index), variables, [...path, index]);
      });
    }
  } else if (isMapping(value)) {
    for (const key of Object.keys(value)) {
      faults.attempt(() => {
        value[key] = interpolate(value[key] ?? null, shapeOfPart(shape, key), variables, [...path, key]);
      });
    }
  }
  faults.end();
  return value;
}
