import type { ErrorCode, Position } from '../../errors.ts';
import { printable as shown } from '../../shown-text.ts';

/** Where in a document: keys and list indexes from its root. */
export type Path = readonly (string | number)[];

/** Where an attribute of the model stands in the files; the nearest enclosing place where it has none of its own. */
export type PositionLookup = (path: Path) => Position;

/**
 * What keeps a document from being read. Thrown inside `core/compose` only: `loadComposeProject`
 * turns it into a `Problem` with the position that its path has in the files.
 */
export class ComposeFault extends Error {
  override readonly name = 'ComposeFault';
  readonly code: ErrorCode;
  readonly path: Path;
  /** Known where the fault is one of the text itself. */
  position: Position | undefined;
  /** What else was found beside it, in the order of the file. */
  others: readonly ComposeFault[] = [];

  constructor(code: ErrorCode, path: Path, message: string, position?: Position) {
    super(message);
    this.code = code;
    this.path = path;
    this.position = position;
  }

  /** Gives it, and what was found beside it, the positions that are not known yet. */
  locate(find: (path: Path) => Position): void {
    for (const fault of [this, ...this.others]) fault.position ??= find(fault.path);
  }
}

/** Faults that are collected of one file. */
const maxFaults = 100;

/** Faults of parts that do not depend on each other: one that is misspelt twice is told twice. */
export class Faults {
  readonly #found: ComposeFault[] = [];

  /** Goes on after a fault, but not where a limit is reached. */
  attempt(part: () => void): void {
    try {
      part();
    } catch (error) {
      if (!(error instanceof ComposeFault)) throw error;
      // One that was found for another part already comes again as itself.
      if (!this.#found.includes(error)) this.#found.push(error, ...error.others);
      error.others = [];
      if (error.code === 'COMPOSE_TOO_LARGE' || this.#found.length >= maxFaults) this.end();
    }
  }

  /** @throws ComposeFault the first, with the others beside it */
  end(): void {
    const [first, ...others] = this.#found;
    if (first === undefined) return;
    first.others = others.slice(0, maxFaults - 1);
    throw first;
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
