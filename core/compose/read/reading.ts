import type { LineCounter, Node, Range } from 'yaml';
import type { ErrorCode, Position } from '../../errors.ts';
import { ComposeFault, type Path } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import type { Mapping, Value } from '../value/value.ts';
import type { AliasTrail } from './alias-trail.ts';
import type { Marks } from './marks.ts';

/** What the reading of one document keeps: where it is, and what it has met. */
export interface Reading {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
  readonly marks: Marks;
  readonly limits: ComposeLimits;
  readonly anchors: Map<string, Node>;
  readonly open: Set<Node>;
  readonly replaced: Path[];
  readonly trail: AliasTrail;
  /** What each mapping and list was read as first: aliases of it share its places. */
  readonly read: Map<Node, Mapping | Value[]>;
}

/** Where a node begins. */
export function place(reading: Reading, node: { range?: Range | null | undefined } | null): Position {
  const offset = node?.range?.[0];
  if (offset === undefined) return { file: reading.file };
  const { line, col } = reading.lines.linePos(offset);
  return { file: reading.file, line, column: col };
}

/** @throws ComposeFault always, at the node. */
export function fail(
  reading: Reading,
  node: Node | null,
  code: ErrorCode,
  path: Path,
  message: string,
): never {
  throw new ComposeFault(code, path, message, place(reading, node));
}
