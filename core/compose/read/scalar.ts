import { type Scalar, WholeFloat } from '../value/value.ts';
import { timestampOf } from './timestamp.ts';

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const literals: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map((text): [string, Scalar] => [text, null]),
  ...['true', 'True', 'TRUE'].map((text): [string, Scalar] => [text, true]),
  ...['false', 'False', 'FALSE'].map((text): [string, Scalar] => [text, false]),
  ...['.nan', '.NaN', '.NAN'].map((text): [string, Scalar] => [text, Number.NaN]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text): [string, Scalar] => [
    text,
    Number.POSITIVE_INFINITY,
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((text): [string, Scalar] => [text, Number.NEGATIVE_INFINITY]),
]);

function integer(plain: string): number | bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/.exec(plain);
  const digits = match?.[2];
  if (match === null || digits === undefined) return undefined;
  const octal = /^0([0-7]+)$/.exec(digits)?.[1];
  const size = BigInt(octal === undefined ? digits.toLowerCase() : `0o${octal}`);
  const value = match[1] === '-' ? -size : size;
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return undefined;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

function floating(plain: string): number | WholeFloat | undefined {
  if (!float.test(plain)) return undefined;
  const value = Number(plain);
  if (!Number.isFinite(value)) return undefined;
  return Number.isInteger(value) ? new WholeFloat(value) : value;
}

/**
 * A plain scalar, resolved as the oracle's YAML library does: 1.2 booleans, 1.1 integers (`0440` is octal, `1_000`
 * is a thousand), floats and dates. Sources: yaml.org/spec/1.2.2 chapter 10.3, yaml.org/type/int.html.
 */
export function resolvePlain(text: string): Scalar {
  const literal = literals.get(text);
  if (literal !== undefined) return literal;
  if (!/^[-+.0-9]/.test(text)) return text;
  const time = timestampOf(text);
  if (time !== undefined) return time;
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  return integer(plain) ?? floating(plain) ?? text;
}

/** Bytes in base 64, read as UTF-8. */
function binary(text: string): string | undefined {
  const digits = text.replace(/[\r\n]/g, '');
  const whole = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits);
  return whole ? Buffer.from(digits, 'base64').toString('utf8') : undefined;
}

/** A scalar with an explicit tag of YAML's own (`!!str`, `!!int` …); undefined: the text does not fit the tag. */
export function resolveTagged(tag: string, text: string): Scalar | undefined {
  const resolved = resolvePlain(text);
  switch (tag.replace(/^tag:yaml\.org,2002:|^!!/, '')) {
    case 'null':
      return resolved === null ? null : undefined;
    case 'bool':
      return typeof resolved === 'boolean' ? resolved : undefined;
    case 'int':
      return typeof resolved === 'bigint' || Number.isInteger(resolved) ? resolved : undefined;
    case 'float':
      if (typeof resolved === 'number')
        return Number.isInteger(resolved) ? new WholeFloat(resolved) : resolved;
      return resolved instanceof WholeFloat ? resolved : undefined;
    case 'timestamp':
      return timestampOf(text);
    case 'binary':
      return binary(text);
    default:
      return text;
  }
}
