/** Values of a Compose document between its parsing and its printing: JSON, with Go's integers and floats told apart. */

/** A float whose value is integral (`3.0`, `1e8`): a plain `number` that is integral stands for an integer. */
export class WholeFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** What YAML 1.1 reads as a date. The specification gives it no meaning; it survives in `x-` fields only. */
export class Timestamp {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Scalar = null | boolean | number | bigint | string | WholeFloat | Timestamp;
export type Value = Scalar | Value[] | Mapping;
export type Mapping = { [key: string]: Value };

export function isMapping(value: Value | undefined): value is Mapping {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof WholeFloat) &&
    !(value instanceof Timestamp)
  );
}

export function isList(value: Value | undefined): value is Value[] {
  return Array.isArray(value);
}

/** An integer as Go's `int`: not a float that happens to be whole. */
export function isInteger(value: Value | undefined): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** A mapping without prototype, so that `__proto__` and `constructor` are keys like any other. */
export function emptyMapping(): Mapping {
  return Object.create(null);
}

/** From this exponent on Go's `%v` turns to scientific notation. */
const shortestExponent = 6;

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return '0';
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < shortestExponent) return String(value);
  const size = Math.abs(exponent);
  return `${digits}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
}

function pairsText(value: Mapping): string {
  const keys = Object.keys(value).sort();
  return keys.map(key => `${key}:${textOf(value[key] ?? null)}`).join(' ');
}

/** A value as Go's `fmt.Sprint` writes it, which is how numbers and booleans become environment values. */
export function textOf(value: Value): string {
  if (value === null) return '<nil>';
  if (value instanceof WholeFloat) return floatText(value.value);
  if (value instanceof Timestamp) return value.text;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  if (isList(value)) return `[${value.map(textOf).join(' ')}]`;
  if (isMapping(value)) return `map[${pairsText(value)}]`;
  return String(value);
}

/** What a message calls the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return 'null';
  if (isList(value)) return 'list';
  if (isMapping(value)) return 'mapping';
  if (isInteger(value)) return 'integer';
  if (typeof value === 'number' || value instanceof WholeFloat) return 'number';
  if (value instanceof Timestamp) return 'timestamp';
  return typeof value;
}
