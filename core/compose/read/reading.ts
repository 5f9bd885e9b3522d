import { isNode, type LineCounter, type Node, type Range } from 'yaml';
import type { ErrorCode, Position } from '../../errors.ts';
import { ComposeFault, type Path } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import type { Mapping, Value } from '../value/value.ts';
import { AliasTrail } from './alias-trail.ts';
import type { Marks } from './marks.ts';

/** What stands as a key, value or element; null: nothing. */
export function nodeOf(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

/** The text of one file, and what is known of it. */
interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
  readonly marks: Marks;
  readonly limits: ComposeLimits;
}

/** What the reading of one document keeps: where it is, and what it has met. */
export class Reading {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
  readonly marks: Marks;
  readonly limits: ComposeLimits;
  readonly anchors = new Map<string, Node>();
  readonly open = new Set<Node>();
  readonly replaced: Path[] = [];
  /** Pairs and elements that `!reset` took out where they stand: an alias of what holds them finds them gone. */
  readonly taken = new Set<unknown>();
  readonly trail = new AliasTrail();
  /** What each mapping and list was read as first: aliases of it share its places. */
  readonly read = new Map<Node, Mapping | Value[]>();

  constructor({ file, text, lines, marks, limits }: Source) {
    this.file = file;
    this.text = text;
    this.lines = lines;
    this.marks = marks;
    this.limits = limits;
  }

  /** Where a node begins. */
  place(node: { range?: Range | null | undefined } | null): Position {
    const offset = node?.range?.[0];
    if (offset === undefined) return { file: this.file };
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line, column: col };
  }

  /** @throws ComposeFault always, at the node. */
  fail(node: Node | null, path: Path, message: string, code: ErrorCode = 'COMPOSE_SYNTAX'): never {
    throw new ComposeFault(code, path, message, this.place(node));
  }
}
