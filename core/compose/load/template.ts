/** `$NAME`, `${NAME}` and its six operators, nested to any depth within the limits. Source: Compose specification, interpolation. */

/** @param interpolated the value becomes a part of other text; otherwise it is asked for by its name alone */
export type Lookup = (name: string, interpolated?: boolean) => string | undefined;

/** Told the name of a variable that has no value, where a blank stands for it. */
export type OnUnset = (name: string) => void;

/** What a substitution asks for values, and tells of blanks. */
interface Source {
  readonly lookup: Lookup;
  readonly onUnset: OnUnset;
}

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

function given(name: string, { lookup, onUnset }: Source): string {
  const value = lookup(name, true);
  if (value === undefined) onUnset(name);
  return value ?? '';
}

function evaluate(braced: Braced, source: Source, depth: number): string {
  const { operator } = braced;
  if (operator === undefined) return given(braced.name, source);
  const value = source.lookup(braced.name, true);
  const blanks: string[] = [];
  const word = expand(braced.word, { ...source, onUnset: name => blanks.push(name) }, depth + 1);
  const present = value !== undefined && !(operator.colon && value === '');
  // What is not taken leaves no blank.
  if (present === (operator.kind === '+')) for (const name of blanks) source.onUnset(name);
  if (operator.kind === '-') return present ? value : word;
  if (operator.kind === '+') return present ? word : (value ?? '');
  if (present) return value;
  throw new TemplateError(
    `required variable ${braced.name} is missing a value${word === '' ? '' : `: ${word}`}`,
  );
}

function expand(text: string, source: Source, depth: number): string {
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
      result += evaluate(braced, source, depth);
      index = braced.end;
    } else {
      const name = readName(text, dollar + 1);
      result += name === '' ? '$' : given(name, source);
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
export function substitute(text: string, lookup: Lookup, onUnset: OnUnset = () => {}): string {
  return text.includes('$') ? expand(text, { lookup, onUnset }, 0) : text;
}
