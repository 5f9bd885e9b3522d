import { LineCounter, type ParsedNode, parseAllDocuments } from 'yaml';
import { AliasTrail } from './alias-trail.ts';
import { expandedSize } from './expanded-size.ts';
import { ComposeFault, type Path, printable } from './fault.ts';
import type { ComposeLimits } from './limits.ts';
import type { Marks } from './marks.ts';
import { refuseDeepText } from './nesting.ts';
import { read, removed } from './node-reader.ts';
import { fail, type Reading } from './reading.ts';
import type { Value } from './value.ts';

/** One document of a file: its value, and the paths that `!reset` and `!override` take out of what came before. */
export interface ComposeDocument {
  readonly value: Value;
  readonly replaced: readonly Path[];
}

function readDocument(reading: Reading, contents: ParsedNode | null): ComposeDocument {
  const { limits } = reading;
  const bomb = expandedSize(contents, limits.nodes);
  if (bomb !== undefined) {
    fail(
      reading,
      bomb,
      'COMPOSE_TOO_LARGE',
      [],
      `more than ${limits.nodes} values once aliases are expanded`,
    );
  }
  const value = read(reading, contents, [], false);
  return { value: value === removed ? null : value, replaced: reading.replaced };
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
  const text = new TextDecoder().decode(bytes);
  refuseDeepText(file, text, limits);
  const lines = new LineCounter();
  let parsed: ReturnType<typeof parseAllDocuments>;
  try {
    parsed = parseAllDocuments(text, {
      schema: 'failsafe',
      merge: false,
      uniqueKeys: false,
      keepSourceTokens: false,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'silent',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ComposeFault('COMPOSE_TOO_LARGE', [], `nested deeper than ${limits.depth} levels`, { file });
  }
  if (!Array.isArray(parsed)) return [];
  const documents: ComposeDocument[] = [];
  for (const document of parsed) {
    const error = document.errors[0];
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new ComposeFault('COMPOSE_SYNTAX', [], printable(error.message), { file, line, column: col });
    }
    const reading: Reading = {
      file,
      lines,
      marks,
      limits,
      anchors: new Map(),
      open: new Set(),
      replaced: [],
      trail: new AliasTrail(),
      read: new Map(),
    };
    documents.push(readDocument(reading, document.contents as ParsedNode | null));
  }
  return documents;
}
