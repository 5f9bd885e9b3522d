/** The form of an answer: what is handed over by another program is in it, or is not handed on. */

/** Says of a value whether it has the form. What it does not name may be there as well. */
export type Shape<Value> = (value: unknown) => value is Value;

export const text: Shape<string> = value => typeof value === 'string';
/** Any that JSON can write. */
export const number: Shape<number> = value => typeof value === 'number';
export const truth: Shape<boolean> = value => typeof value === 'boolean';
export const anything: Shape<unknown> = (_value): _value is unknown => true;

/** Programs write nothing and null for one another: both pass, and are read alike. */
export function optional<Value>(shape: Shape<Value>): Shape<Value | undefined> {
  return (value): value is Value | undefined => isAbsent(value) || shape(value);
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value): value is Value | null => isAbsent(value) || shape(value);
}

export function list<Value>(shape: Shape<Value>): Shape<readonly Value[]> {
  return (value): value is readonly Value[] => Array.isArray(value) && value.every(item => shape(item));
}

/** Whatever its keys are. */
export function dictionary<Value>(shape: Shape<Value>): Shape<Readonly<Record<string, Value>>> {
  return (value): value is Readonly<Record<string, Value>> =>
    isObject(value) && Object.values(value).every(item => shape(item));
}

/** Members that an interface names, each in its form. */
export function members<Value extends object>(
  shapes: {
    readonly [Key in keyof Value]-?: Shape<Value[Key]>;
  },
): Shape<Value> {
  const entries: [string, Shape<unknown>][] = Object.entries(shapes);
  return (value): value is Value => isObject(value) && entries.every(([key, shape]) => shape(value[key]));
}

/** A line of JSON that has the form; undefined for any other. */
export function readLine<Value>(line: string, shape: Shape<Value>): Value | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return shape(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
