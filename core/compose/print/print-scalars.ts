import type { PrintRule } from '../shape/shape.ts';
import { parseBytes } from '../value/bytes.ts';
import { floatOf, integerOf } from '../value/cast.ts';
import { durationText, parseDuration } from '../value/duration.ts';
import { ComposeFault, type Path, pathText, printable } from '../value/fault.ts';
import { shellWords } from '../value/shell-words.ts';
import { singleFloat } from '../value/single-float.ts';
import { isInteger, isList, textOf, type Value, WholeFloat } from '../value/value.ts';
import { asBoolean, asText, type Printed, refusePrint } from './printed.ts';

function numeric(value: Value): number | bigint | undefined {
  const number = value instanceof WholeFloat ? value.value : value;
  return typeof number === 'number' || typeof number === 'bigint' ? number : undefined;
}

/** A number that 64 bits with a sign hold, without its fraction; null is 0. */
function wholeNumber(value: Value): number | undefined {
  const number = value === null ? 0 : numeric(value);
  if (number === undefined || number >= 2 ** 63 || number < -(2 ** 63)) return undefined;
  return Math.trunc(Number(number));
}

function asInteger(value: Value, path: Path): number {
  const number = wholeNumber(value);
  if (number !== undefined) return number;
  const cast = typeof value === 'string' ? integerOf(value) : undefined;
  return cast === undefined ? refusePrint(path, value, 'an integer of 64 bits') : Number(cast);
}

function asUnsigned(value: Value, path: Path): number {
  const number = wholeNumber(value);
  return number === undefined || number < 0 || Object.is(number, -0)
    ? refusePrint(path, value, 'a number of 0 or more')
    : number;
}

function asFloat(value: Value, path: Path): number {
  const number =
    value === null ? 0 : (numeric(value) ?? (typeof value === 'string' ? floatOf(value) : undefined));
  const single = number === undefined ? Number.NaN : singleFloat(Number(number));
  return Number.isFinite(single) ? single : refusePrint(path, value, 'a number of 32 bits');
}

function asDuration(value: Value, path: Path): bigint {
  return parseDuration(textOf(value)) ?? refusePrint(path, value, 'a duration such as `1m30s`');
}

function asBytes(value: Value, path: Path): string {
  if (isInteger(value) && value < 2 ** 63) return textOf(value);
  if (isInteger(value)) return refusePrint(path, value, 'a size of 64 bits');
  if (typeof value !== 'string') return '0';
  const bytes = parseBytes(value);
  return bytes === undefined ? refusePrint(path, value, 'a size such as `64m`') : BigInt(bytes).toString();
}

function asCommand(value: Value, path: Path): Printed {
  if (value === null) return null;
  if (isList(value)) return value.map((word, index) => asText(word, [...path, index]));
  const words = typeof value === 'string' ? shellWords(value) : undefined;
  if (words !== undefined) return words;
  throw new ComposeFault(
    'COMPOSE_VALUE',
    path,
    `${pathText(path)}: a quote of \`${printable(textOf(value))}\` does not end`,
  );
}

function asHealthTest(value: Value, path: Path): Printed {
  if (typeof value === 'string') return ['CMD-SHELL', value];
  if (!isList(value)) return refusePrint(path, value, 'a command');
  return value.length === 0 ? undefined : value.map((word, index) => asText(word, [...path, index]));
}

function asFileMode(value: Value, path: Path): string {
  if (typeof value === 'string') {
    return /^[+-]?[0-7]+$/.test(value)
      ? `0${Number.parseInt(value, 8).toString(8)}`
      : refusePrint(path, value, 'a file mode');
  }
  return isInteger(value) ? `0${value.toString(8)}` : refusePrint(path, value, 'a file mode');
}

function asDeviceCount(value: Value, path: Path): Printed {
  if (typeof value === 'string' && value.toLowerCase() === 'all') return -1;
  const count = typeof value === 'string' ? integerOf(value) : isInteger(value) ? value : undefined;
  if (count === undefined) return refusePrint(path, value, '`all` or a number');
  return unlessZero(Number(count));
}

const unlessZero = (number: number) => (number === 0 ? undefined : number);
const unlessEmpty = (text: string, empty = '') => (text === empty ? undefined : text);

const scalars = {
  text: (value, path) => unlessEmpty(asText(value, path)),
  boolean: (value, path) => asBoolean(value, path) || undefined,
  'optional-boolean': (value, path) => (value === null ? undefined : asBoolean(value, path)),
  integer: (value, path) => unlessZero(asInteger(value, path)),
  'optional-integer': (value, path) => (value === null ? undefined : asInteger(value, path)),
  unsigned: (value, path) => unlessZero(asUnsigned(value, path)),
  'optional-unsigned': (value, path) => (value === null ? undefined : asUnsigned(value, path)),
  'single-float': (value, path) => unlessZero(asFloat(value, path)),
  'nano-cpus': (value, path) => unlessZero(asFloat(value, path)),
  duration: (value, path) => unlessEmpty(durationText(asDuration(value, path)), '0s'),
  'optional-duration': (value, path) => (value === null ? undefined : durationText(asDuration(value, path))),
  bytes: (value, path) => unlessEmpty(asBytes(value, path), '0'),
  command: asCommand,
  'health-test': asHealthTest,
  'file-mode': asFileMode,
  'device-count': asDeviceCount,
} satisfies Readonly<Partial<Record<PrintRule, (value: Value, path: Path) => Printed>>>;

export type ScalarRule = keyof typeof scalars;

/** Whether the rule is a scalar's. */
export function isScalarRule(rule: PrintRule): rule is ScalarRule {
  return Object.hasOwn(scalars, rule);
}

/** A scalar in the form of the canonical model; undefined: left out. */
export function printScalar(rule: ScalarRule, value: Value, path: Path): Printed {
  return scalars[rule](value, path);
}
