import { Composer, type Document, LineCounter, type ParsedNode, Parser } from 'yaml';
import { ComposeFault, type Path, printable } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import type { Value } from '../value/value.ts';
import { escapedQuote } from './double-quoted.ts';
import { expandedSize } from './expanded-size.ts';
import type { Marks } from './marks.ts';
import { refuseDeepText } from './nesting.ts';
import { read, removed } from './node-reader.ts';
import { Reading } from './reading.ts';
import { textOfFile } from './text.ts';
import { tokensOf } from './tokens.ts';

/** One document of a file: its value, and the paths that `!reset` and `!override` take out of what came before. */
export interface ComposeDocument {
  readonly value: Value;
  readonly replaced: readonly Path[];
}

function readDocument(reading: Reading, contents: ParsedNode | null): ComposeDocument {
  const { limits } = reading;
  const bomb = expandedSize(contents, limits.nodes);
  if (bomb !== undefined) {
    reading.fail(bomb, [], `more than ${limits.nodes} values once aliases are expanded`, 'COMPOSE_TOO_LARGE');
  }
  const value = read(reading, contents, [], false);
  return { value: value === removed ? null : value, replaced: reading.replaced };
}

function* concrete(text: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine);
  for (const token of tokensOf(text)) yield* parser.next(token);
  yield* parser.end();
}

function parse(file: string, text: string, lines: LineCounter, limits: ComposeLimits): Document.Parsed[] {
  const composer = new Composer({
    schema: 'failsafe',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  lines.addNewLine(0);
  try {
    return [...composer.compose(concrete(text, lines), false, text.length)];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ComposeFault('COMPOSE_TOO_LARGE', [], `nested deeper than ${limits.depth} levels`, { file });
  }
}

/** What the library finds wrong, and what YAML 1.1 does not take beyond it. */
function refuseErrors(
  { file, text, lines }: Pick<Reading, 'file' | 'text' | 'lines'>,
  document: Document.Parsed,
  later: boolean,
): void {
  const refuse = (message: string, offset: number): never => {
    const { line, col } = lines.linePos(offset);
    throw new ComposeFault('COMPOSE_SYNTAX', [], printable(message), { file, line, column: col });
  };
  const error = document.errors.find(
    ({ code, pos }) => code !== 'BAD_DQ_ESCAPE' || !text.startsWith(escapedQuote, pos[0]),
  );
  if (error !== undefined) refuse(error.message, error.pos[0]);
  const { yaml, docStart } = document.directives;
  const start = document.range[0];
  if (yaml.explicit && yaml.version !== '1.1') refuse('only YAML 1.1 may be asked for', start);
  if (later && docStart !== true) refuse('a further document begins with `---`', start);
}

/**
 * The documents of one Compose file, aliases and merge keys expanded, with the place of every key in `marks`.
 * @throws ComposeFault COMPOSE_SYNTAX, COMPOSE_CYCLE or COMPOSE_TOO_LARGE, each with its position.
 */
export function readDocuments(
  file: string,
  bytes: Uint8Array,
  marks: Marks,
  limits: ComposeLimits,
): ComposeDocument[] {
  if (bytes.length > limits.fileBytes) {
    throw new ComposeFault('COMPOSE_TOO_LARGE', [], `the file is larger than ${limits.fileBytes} bytes`, {
      file,
    });
  }
  const text = textOfFile(file, bytes);
  refuseDeepText(file, text, limits);
  const lines = new LineCounter();
  const documents: ComposeDocument[] = [];
  for (const [index, document] of parse(file, text, lines, limits).entries()) {
    refuseErrors({ file, text, lines }, document, index > 0);
    const reading = new Reading({ file, text, lines, marks, limits });
    documents.push(readDocument(reading, document.contents));
  }
  return documents;
}
