import { Lexer } from 'yaml';

/** Signs of the lexer that stand for no text of their own: a scalar follows, a flow ends too early, a document begins. */
const withoutText = new Set(['\u001f', '\u0018', '\u0002']);

/** A lexer that asks for no indentation where `lax` says so. */
function laxLexer(lax: () => boolean): Lexer {
  const lexer = new Lexer();
  let indent = 0;
  Object.defineProperty(lexer, 'indentNext', {
    get: () => (lax() ? 0 : indent),
    set: (value: number) => {
      indent = value;
    },
  });
  return lexer;
}

/**
 * The lexical tokens of YAML as YAML 1.1 has them, where the library is stricter: what is in quotes or brackets may be
 * indented less than what surrounds it, and a `-` before `,` or a closing bracket is text.
 */
export function* tokensOf(text: string): Generator<string, void> {
  let offset = 0;
  let flow = 0;
  let dash = false;
  let quote = /^["']/.test(text);
  for (const token of laxLexer(() => quote || flow > 0).lex(text)) {
    if (!withoutText.has(token)) offset += token.length;
    const next = text[offset] ?? '';
    if (token === '[' || token === '{') flow += 1;
    else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
    quote = next === '"' || next === "'";
    // The lexer takes such a `-` for the mark of an element, and an empty scalar for the element.
    if (dash && (token === '\u001f' || token === '')) continue;
    dash = token === '-' && flow > 0 && /[,\]}]/.test(next);
    if (dash) yield '\u001f';
    yield token;
  }
}
