import type { ErrorCode } from '../../errors.ts';
import { ComposeFault, printable } from '../value/fault.ts';
import { composeLimits } from '../value/limits.ts';
import type { OnBlank } from './blanks.ts';
import { type Lookup, SecretInterpolated, substitute, TemplateError } from './template.ts';

/** A statement of a dotenv file: a variable with its value, or one to be taken from outside. */
interface Reader {
  readonly file: string;
  text: string;
  line: number;
  /** Of the values so far: each may repeat those before it. */
  characters: number;
  readonly onBlank: OnBlank;
}

function refuse(reader: Reader, why: string, code: ErrorCode = 'COMPOSE_VALUE'): never {
  const position = { file: reader.file, line: reader.line };
  throw new ComposeFault(code, [], why, position);
}

function skip(reader: Reader, count: number): void {
  for (const character of reader.text.slice(0, count)) if (character === '\n') reader.line += 1;
  reader.text = reader.text.slice(count);
}

/** Moves to the next statement; false at the end. */
function toStatement(reader: Reader): boolean {
  for (;;) {
    skip(reader, /^\s*/.exec(reader.text)?.[0].length ?? 0);
    if (!reader.text.startsWith('#')) return reader.text !== '';
    const end = reader.text.indexOf('\n');
    skip(reader, end < 0 ? reader.text.length : end);
  }
}

/** The variable's name; `inherited` where the line gives it no value. */
function readKey(reader: Reader): { key: string; inherited: boolean } {
  const exported = /^export\s+/.exec(reader.text);
  if (exported !== null) skip(reader, exported[0].length);
  const name = /^[\p{L}\p{N}_.[\]\- \t\v\f\r\u0085\u00a0]*/u.exec(reader.text)?.[0] ?? '';
  const mark = reader.text[name.length];
  if (mark !== undefined && mark !== '=' && mark !== ':' && mark !== '\n') {
    refuse(reader, `unexpected character \`${printable(mark)}\` in a variable name`);
  }
  const key = name.trimEnd();
  if (key.includes(' ')) refuse(reader, `variable name \`${printable(key)}\` contains a space`);
  // A name that nothing follows, not even a newline, is to the oracle the value of a variable without name.
  if (mark === undefined) return { key: '', inherited: false };
  skip(reader, name.length + 1);
  skip(reader, /^[ \t\v\f\r\u0085\u00a0]*/.exec(reader.text)?.[0].length ?? 0);
  return { key, inherited: mark === '\n' };
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  c: '\\c',
  '"': '"',
  '\\': '\\',
};

function expandEscapes(text: string): string {
  return text.replace(
    /\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g,
    (match: string, letter?: string, octal?: string) => {
      if (letter === '$') return '$$';
      if (letter !== undefined) return escapes[letter] ?? match;
      return octal !== undefined && /^[0-3][0-7]{2}$/.test(octal)
        ? String.fromCharCode(Number.parseInt(octal, 8))
        : match;
    },
  );
}

function expand(reader: Reader, text: string, lookup: Lookup): string {
  try {
    const { file, line, onBlank } = reader;
    const expanded = substitute(text, lookup, name => onBlank(name, { file, line }));
    reader.characters += expanded.length;
    if (reader.characters <= composeLimits.characters) return expanded;
    const message = `the values are longer than ${composeLimits.characters} characters, with all that they repeat`;
    return refuse(reader, message, 'COMPOSE_TOO_LARGE');
  } catch (error) {
    const code = error instanceof SecretInterpolated ? 'SECRET_INTERPOLATED' : 'COMPOSE_VALUE';
    if (error instanceof TemplateError) return refuse(reader, printable(error.message), code);
    throw error;
  }
}

function readQuoted(reader: Reader, quote: string, lookup: Lookup): string {
  let value = '';
  for (let index = 1; index < reader.text.length; index += 1) {
    const character = reader.text[index] ?? '';
    if (character === quote) {
      const text = quote === '"' ? expand(reader, expandEscapes(value), lookup) : value;
      skip(reader, index + 1);
      return text;
    }
    const next = reader.text[index + 1];
    if (character !== '\\' || next === undefined) value += character;
    else {
      value += next === quote ? next : `\\${next}`;
      index += 1;
    }
  }
  return refuse(reader, 'a quoted value does not end');
}

function readValue(reader: Reader, lookup: Lookup): string {
  const quote = reader.text[0];
  if (quote === '"' || quote === "'") return readQuoted(reader, quote, lookup);
  const line = /^[^\n]*/.exec(reader.text)?.[0] ?? '';
  const [value = ''] = line.split(' #', 1);
  const text = expand(reader, value.trimEnd(), lookup);
  skip(reader, line.length);
  return text;
}

/**
 * The variables of a dotenv file: quotes, escapes, comments, `export`, interpolation; a name alone is taken from
 * `lookup`. Source: Compose specification, env file syntax.
 * @throws ComposeFault COMPOSE_VALUE with file and line.
 */
export function parseEnvFile(
  text: string,
  lookup: Lookup,
  file: string,
  onBlank: OnBlank = () => {},
): Record<string, string> {
  const reader: Reader = { file, text: text.replace(/^\ufeff/, ''), line: 1, characters: 0, onBlank };
  const variables: Record<string, string> = Object.create(null);
  const known: Lookup = (name, interpolated) => lookup(name, interpolated) ?? variables[name];
  while (toStatement(reader)) {
    const { key, inherited } = readKey(reader);
    if (!inherited) variables[key] = readValue(reader, known);
    else {
      const value = lookup(key);
      if (value !== undefined) variables[key] = value;
    }
  }
  return variables;
}

/** The variables of a file of `format: raw`: what stands behind the first `=`, as it is. */
export function parseRawEnvFile(text: string, lookup: Lookup, file: string): Record<string, string> {
  const variables: Record<string, string> = Object.create(null);
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const line = raw.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const reader: Reader = { file, text: '', line: index + 1, characters: 0, onBlank: () => {} };
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    if (key === '') refuse(reader, 'a line names no variable');
    if (/\s/.test(key)) refuse(reader, `variable name \`${printable(key)}\` contains a space`);
    const value = equals < 0 ? lookup(key) : line.slice(equals + 1);
    if (value !== undefined) variables[key] = value;
  }
  return variables;
}
