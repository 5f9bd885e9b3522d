/** Changed values of a YAML file that people wrote: their comments and order stay. */
import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, parseDocument, type ToStringOptions } from 'yaml';
import { messageOf } from '../errors/cause.ts';
import { isTowlineError, TowlineError } from '../errors.ts';

/**
 * @param file its path, for messages
 * @throws TowlineError FLEET_YAML_SYNTAX; FLEET_SCHEMA where it has no place for the change
 */
export function editedText(file: string, text: string, change: (document: Document) => void): string {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new TowlineError('FLEET_YAML_SYNTAX', error.message, { position: { file } });
  try {
    change(document);
    return asWritten(text, document);
  } catch (cause) {
    if (isTowlineError(cause)) throw cause;
    throw new TowlineError('FLEET_SCHEMA', messageOf(cause), { cause, position: { file } });
  }
}

function styleOf(text: string): ToStringOptions {
  const indents = [...text.matchAll(/^( {1,8})[^\s#]/gm)].map(([, blanks = '']) => blanks.length);
  const indent = indents.length === 0 ? 2 : Math.min(...indents);
  return { lineWidth: 0, flowCollectionPadding: false, indent, indentSeq: !/^(?:- |- *$)/m.test(text) };
}

/** Lines that a change does not touch stay as people wrote them: the library has blanks, indentation and line ends of its own. */
function asWritten(before: string, changed: Document): string {
  const style = styleOf(before);
  const after = changed.toString(style);
  const lines = before.split('\n');
  const own = parseDocument(before).toString(style).split('\n');
  if (own.length !== lines.length) return after;
  const written = new Map<string, string | undefined>();
  for (const [index, line] of own.entries()) {
    const [is, was] = [lines[index], written.get(line)];
    written.set(line, written.has(line) && was !== is ? undefined : is);
  }
  const end = lines.slice(0, -1).every(line => line.endsWith('\r')) ? '\r' : '';
  const kept = after.split('\n').map((line, at, all) => {
    const is = written.get(line);
    return is ?? (at === all.length - 1 ? line : line + end);
  });
  const text = kept.join('\n');
  const read = parseDocument(text);
  return read.errors.length === 0 && isDeepStrictEqual(read.toJS(), parseDocument(after).toJS())
    ? text
    : after;
}

/** Takes away a map in which nothing is left, and those above it for which the same is so then. */
export function withoutEmpty(document: Document, path: readonly string[]): void {
  for (let rest = path; rest.length > 0; rest = rest.slice(0, -1)) {
    const found = document.getIn(rest);
    if (!isMap(found) || found.items.length > 0) return;
    document.deleteIn(rest);
  }
}
