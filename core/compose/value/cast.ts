import { type Value, WholeFloat } from './value.ts';

/** What a string, interpolated or not, is turned into. */
export type CastRule = 'integer' | 'float' | 'boolean';

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  y: true,
  yes: true,
  on: true,
  false: false,
  n: false,
  no: false,
  off: false,
};

/** `true`, `yes`, `on`, `y` and their opposites, in any case. */
export function booleanOf(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return Object.hasOwn(truths, lower) ? truths[lower] : undefined;
}

/** Decimal digits with an optional sign, within 64 bits. */
export function integerOf(text: string): number | bigint | undefined {
  if (!/^[-+]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  if (value < -(2n ** 63n) || value >= 2n ** 63n) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const decimal = /^[-+]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][-+]?\d+)?$/;

/** A finite float as Go's `ParseFloat` reads decimals: underscores may stand between digits. */
export function floatOf(text: string): number | undefined {
  const value = decimal.test(text) ? Number(text.replaceAll('_', '')) : undefined;
  return Number.isFinite(value) ? value : undefined;
}

/** The string as the type its attribute needs; undefined: it is none. */
export function castText(rule: CastRule, text: string): Value | undefined {
  if (rule === 'boolean') return booleanOf(text);
  if (rule === 'integer') return integerOf(text);
  const value = floatOf(text);
  return value !== undefined && Number.isInteger(value) ? new WholeFloat(value) : value;
}
