import { parseDocument, type Scalar } from 'yaml';
import { type Path, printable } from '../value/fault.ts';
import type { Reading } from './reading.ts';

/** An escape that libyaml knows and the library does not: it stands for the quote alone. */
export const escapedQuote = "\\'";

/**
 * The text of a scalar in double quotes, with the escapes that libyaml knows and no others.
 * @param read what the library read it as
 * @throws ComposeFault COMPOSE_SYNTAX for `\\/` and for the halves of a pair of surrogates
 */
export function doubleQuoted(reading: Reading, node: Scalar, read: string, path: Path): string {
  if (!node.range) return read;
  const written = reading.text.slice(node.range[0], node.range[1]);
  if (!written.includes('\\')) return read;
  let quotes = 0;
  const plain = written.replace(/\\(u[dD][89a-fA-F]..|[\s\S])/g, (whole: string, escaped: string) => {
    if (escaped === '/' || escaped.length > 1) reading.fail(node, path, `unknown escape ${printable(whole)}`);
    if (whole === escapedQuote) quotes += 1;
    return whole === escapedQuote ? "'" : whole;
  });
  if (quotes === 0) return read;
  const { contents } = parseDocument(plain, { schema: 'failsafe', logLevel: 'silent' });
  return String(contents === null ? '' : contents.toJSON());
}
