/** A line that is an object of JSON: its message, its level, and the rest as flat fields. */
import { isFields, type Fields as Json } from '../../json.ts';
import { withoutTerminalCodes } from '../../redaction/terminal-codes.ts';
import type { Fields, Level } from '../record/record.ts';
import { levelOfValue } from './level-word.ts';

export interface JsonLine {
  /** Undefined: it has none, and the line itself is one. */
  readonly message: string | undefined;
  readonly level: Level | undefined;
  /** Texts as long as they are: what must stay is looked for before they are cut. */
  readonly fields: Fields;
}

/** pino and bunyan, logrus and zap, Python's and Java's encoders, ECS, Serilog, structlog, GELF. */
const messageKeys = ['message', 'msg', '@m', 'MESSAGE', 'event', 'short_message', 'log'];
const levelKeys = ['level', 'severity', 'lvl', 'log.level', 'levelname', 'loglevel', '@l'];

/** Fewer than a segment's reader takes: some come from elsewhere. */
const mostFields = 48;
const deepest = 8;
const longestName = 255;
const longestValue = 8 * 1024;
/** How many were left out of a line that has too many, or too deep ones. */
export const leftOutField = 'towline.left_out';

/** @returns undefined: no object */
export function readJsonLine(text: string): JsonLine | undefined {
  if (text.charCodeAt(0) !== 0x7b && text.trimStart().charCodeAt(0) !== 0x7b) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFields(json)) return undefined;
  const object = json;
  const messageKey = messageKeys.find(key => typeof object[key] === 'string' && Object.hasOwn(object, key));
  const message = messageKey === undefined ? undefined : withoutTerminalCodes(String(object[messageKey]));
  const [levelKey, level] = levelIn(object);
  const rest = Object.entries(object).filter(([key]) => key !== messageKey && key !== levelKey);
  return { message, level, fields: flat(rest) };
}

/** The key that says no more than the level itself. */
function levelIn(object: Json): readonly [key: string | undefined, level: Level | undefined] {
  for (const key of levelKeys) {
    if (!Object.hasOwn(object, key)) continue;
    const level = levelOfValue(object[key]);
    if (level !== undefined) return [level === object[key] ? key : undefined, level];
  }
  const nested = isFields(object.log) ? levelOfValue(object.log.level) : undefined;
  return [undefined, nested];
}

function flat(entries: readonly (readonly [string, unknown])[]): Fields {
  const fields: Record<string, string | number | boolean> = {};
  let [count, leftOut] = [0, 0];
  const add = (name: string, value: unknown, depth: number): void => {
    if (value === null || value === undefined) return;
    if (isFields(value) && depth < deepest) {
      for (const key in value) add(`${name}.${key}`, value[key], depth + 1);
      return;
    }
    const plain = plainValue(value);
    if (plain === undefined || count === mostFields || name.length > longestName || name === '__proto__') {
      leftOut += 1;
      return;
    }
    if (!Object.hasOwn(fields, name)) count += 1;
    fields[name] = plain;
  };
  for (const [name, value] of entries) add(name, value, 1);
  if (leftOut > 0) fields[leftOutField] = leftOut;
  return fields;
}

function plainValue(value: unknown): string | number | boolean | undefined {
  // As an escape of JSON they are found only now.
  if (typeof value === 'string') return withoutTerminalCodes(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? listText(value) : undefined;
}

/** @returns undefined: too deep to be written, or too long */
function listText(list: readonly unknown[]): string | undefined {
  try {
    const text = JSON.stringify(list);
    return text.length > longestValue ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Fields whose texts are not too long: after what must stay was taken out of them. */
export function capped(fields: Fields): Fields {
  const isLong = (value: Fields[string]) => typeof value === 'string' && value.length > longestValue;
  if (!Object.values(fields).some(isLong)) return fields;
  const cut = (value: Fields[string]) =>
    typeof value === 'string' ? value.slice(0, longestValue).toWellFormed() : value;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, cut(value)]));
}
