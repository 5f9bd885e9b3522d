/** Where a source says `as T`: what the types do not show. `as const` and names of imports are none. */

/** Where a text or a comment begins, how it ends. A regular expression counts as code: few hold a quote, none spans lines. */
const opaque = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*|(["'])(?:(?!\1)[^\\\n]|\\.)*\1|`/gm;

/** Up to the end of a template that has begun: its text blanked, what stands in `${}` kept as code. */
function template(source: string, from: number): { readonly code: string; readonly end: number } {
  let code = '';
  let end = from;
  while (end < source.length && source[end] !== '`') {
    if (source.startsWith('${', end)) {
      const inner = balanced(source, end + 2);
      code += inner.code;
      end = inner.end;
    } else {
      code += source[end] === '\n' ? '\n' : ' ';
      end += source[end] === '\\' ? 2 : 1;
    }
  }
  return { code, end: end + 1 };
}

/** Code up to the brace that closes it. */
function balanced(source: string, from: number): { readonly code: string; readonly end: number } {
  let depth = 1;
  let end = from;
  let code = '';
  while (end < source.length && depth > 0) {
    const letter = source[end] ?? '';
    if (letter === '`') {
      const inner = template(source, end + 1);
      code += inner.code;
      end = inner.end;
      continue;
    }
    if (letter === '{') depth += 1;
    if (letter === '}') depth -= 1;
    code += letter;
    end += 1;
  }
  return { code, end };
}

/** A text keeps its quotes: it may be the type of a cast. */
const blank = (text: string, quote = '') =>
  quote + text.slice(2 * quote.length).replace(/[^\n]/g, ' ') + quote;

/** Comments, texts and the statements that import or export names, blanked; lines stay where they are. */
function codeOf(source: string): string {
  let code = '';
  let at = 0;
  for (const match of source.matchAll(opaque)) {
    if (match.index < at) continue;
    code += source.slice(at, match.index);
    const [found] = match;
    const inner = found === '`' ? template(source, match.index + 1) : undefined;
    code += inner?.code ?? blank(found, match[1]);
    at = inner?.end ?? match.index + found.length;
  }
  return (code + source.slice(at)).replace(/^(?:import|export)\b[^;=(]*?\bfrom\b[^;]*;/gm, statement =>
    blank(statement),
  );
}

/** @returns the lines, counted from 1, once for each cast */
export function castLines(source: string): number[] {
  return codeOf(source)
    .split('\n')
    .flatMap((line, index) => [...line.matchAll(/\bas\s+(?!const\b)[\w{[("']/g)].map(() => index + 1));
}
