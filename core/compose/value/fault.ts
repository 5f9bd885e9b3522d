import type { ErrorCode, Position } from '../../errors.ts';
import { printable as shown } from '../../shown-text.ts';

/** Where in a document: keys and list indexes from its root. */
export type Path = readonly (string | number)[];

/** Where an attribute of the model stands in the files; the nearest enclosing place where it has none of its own. */
export type PositionLookup = (path: Path) => Position;

/**
 * The first thing that keeps a document from being read. Thrown inside `core/compose` only: `loadComposeProject`
 * turns it into a `Problem` with the position that its path has in the files.
 */
export class ComposeFault extends Error {
  override readonly name = 'ComposeFault';
  readonly code: ErrorCode;
  readonly path: Path;
  /** Known where the fault is one of the text itself. */
  position: Position | undefined;

  constructor(code: ErrorCode, path: Path, message: string, position?: Position) {
    super(message);
    this.code = code;
    this.path = path;
    this.position = position;
  }
}

/** `services.web.ports[0]`, control characters made visible, long keys cut. */
export function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += `${text === '' ? '' : '.'}${printable(part)}`;
  }
  return text;
}

/** Text of a stranger for a message or a log: bounded, without control characters. */
export function printable(text: string, maxCharacters = 120): string {
  const cut = text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
  return shown(cut);
}
