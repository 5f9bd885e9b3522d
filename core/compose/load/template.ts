/** `$NAME`, `${NAME}` and its six operators, nested to any depth within the limits. Source: Compose specification, interpolation. */

/** @param interpolated the value becomes a part of other text; otherwise it is asked for by its name alone */
export type Lookup = (name: string, interpolated?: boolean) => string | undefined;

/** Thrown by `substitute`; the caller knows the path. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** A variable that must not take part: its value would stand in the model. */
export class SecretInterpolated extends TemplateError {
  constructor(name: string) {
    super(`${name} is a secret variable: it cannot be part of other text`);
  }
}

const nameStart = /[_a-zA-Z]/;
const namePart = /[_a-zA-Z0-9]/;
/** Substitutions inside each other's defaults. */
const maxDepth = 32;

interface Operator {
  readonly colon: boolean;
  readonly kind: '-' | '?' | '+';
}

interface Braced {
  readonly name: string;
  readonly operator: Operator | undefined;
  readonly word: string;
  /** Index after the closing brace. */
  readonly end: number;
}

function readName(text: string, from: number): string {
  if (!nameStart.test(text[from] ?? '')) return '';
  let end = from + 1;
  while (end < text.length && namePart.test(text[end] ?? '')) end += 1;
  return text.slice(from, end);
}

/** Where the line that `from` stands in ends, and its last closing brace: no substitution reaches further. */
interface Line {
  readonly end: number;
  readonly lastBrace: number;
}

function lineAt(text: string, from: number): Line {
  const newline = text.indexOf('\n', from);
  const end = newline < 0 ? text.length : newline;
  return { end, lastBrace: text.lastIndexOf('}', end) };
}

/** The brace that closes the one before `from`; what follows an inner `{` is not looked at, as the oracle does. */
function closingBrace(text: string, from: number, { lastBrace }: Line): number {
  let depth = 1;
  for (let index = from; index <= lastBrace; index += 1) {
    if (text[index] === '{') {
      depth += 1;
      index += 1;
    } else if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return lastBrace;
}

function readBraced(text: string, from: number, line: Line): Braced | undefined {
  const name = readName(text, from);
  if (name === '') return undefined;
  const after = from + name.length;
  if (text[after] === '}') return { name, operator: undefined, word: '', end: after + 1 };
  const match = /^(:?)([-?+])/.exec(text.slice(after, after + 2));
  const kind = match?.[2];
  if (match === null || (kind !== '-' && kind !== '?' && kind !== '+')) return undefined;
  const wordAt = after + match[0].length;
  if (line.lastBrace < wordAt) return undefined;
  const end = closingBrace(text, wordAt, line);
  return { name, operator: { colon: match[1] === ':', kind }, word: text.slice(wordAt, end), end: end + 1 };
}

function evaluate(braced: Braced, lookup: Lookup, depth: number): string {
  const value = lookup(braced.name, true);
  const { operator } = braced;
  if (operator === undefined) return value ?? '';
  const word = expand(braced.word, lookup, depth + 1);
  const present = value !== undefined && !(operator.colon && value === '');
  if (operator.kind === '-') return present ? value : word;
  if (operator.kind === '+') return present ? word : (value ?? '');
  if (present) return value;
  throw new TemplateError(
    `required variable ${braced.name} is missing a value${word === '' ? '' : `: ${word}`}`,
  );
}

function expand(text: string, lookup: Lookup, depth: number): string {
  if (depth > maxDepth) throw new TemplateError(`substitutions are nested deeper than ${maxDepth} levels`);
  let result = '';
  let index = 0;
  let line: Line | undefined;
  while (index < text.length) {
    const dollar = text.indexOf('$', index);
    if (dollar < 0) return result + text.slice(index);
    result += text.slice(index, dollar);
    const next = text[dollar + 1];
    if (next === '$') {
      result += '$';
      index = dollar + 2;
    } else if (next === '{') {
      if (line === undefined || line.end < dollar) line = lineAt(text, dollar);
      const braced = readBraced(text, dollar + 2, line);
      if (braced === undefined)
        throw new TemplateError('invalid interpolation format; write `$$` for a dollar sign');
      result += evaluate(braced, lookup, depth);
      index = braced.end;
    } else {
      const name = readName(text, dollar + 1);
      result += name === '' ? '$' : (lookup(name, true) ?? '');
      index = dollar + 1 + name.length;
    }
  }
  return result;
}

/**
 * The text with its variables replaced; unset ones without default become empty, and a dollar sign that begins neither
 * a name nor a brace stands for itself.
 * @throws TemplateError malformed expression, or a required variable without value.
 */
export function substitute(text: string, lookup: Lookup): string {
  return text.includes('$') ? expand(text, lookup, 0) : text;
}
