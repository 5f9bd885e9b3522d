/** A position, and which of two was earlier. */
import type { LogPosition } from './position.ts';

export interface Mark {
  /** Counts entries of this run of the agent. */
  readonly at: number;
  readonly position: LogPosition;
}

export function earliest(...marks: readonly (Mark | undefined)[]): Mark | undefined {
  let first: Mark | undefined;
  for (const mark of marks)
    if (mark !== undefined && (first === undefined || mark.at < first.at)) first = mark;
  return first;
}

/** Makes one only where it is needed: most lines are in a record at once, in a segment that is open. */
export type MakeMark = () => Mark;
