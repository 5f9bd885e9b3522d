/**
 * How far what was on its way to the receiver went when the gateway ended: it may have it, so up to there it is counted when it
 * comes again. A mark stays until it is passed, over as many ends of the gateway as come before that.
 */
import type { Position } from './position.ts';

export class BegunMarks {
  readonly #marks: Map<string, Position>;

  constructor(marks: Iterable<readonly [string, Position]> = []) {
    this.#marks = new Map(marks);
  }

  has(device: string): boolean {
    return this.#marks.has(device);
  }

  /** Those that were not passed yet. */
  [Symbol.iterator](): Iterator<[string, Position]> {
    return this.#marks.entries();
  }

  /** A delivery, or the end of a commit, in the order of the branch. @returns whether the receiver may have it */
  passes(device: string, { commit, through }: Position): boolean {
    const mark = this.#marks.get(device);
    if (mark === undefined) return false;
    const last = mark.through ?? Number.POSITIVE_INFINITY;
    if (commit !== mark.commit) return true;
    if (through === undefined || through >= last) this.#marks.delete(device);
    return through === undefined || through <= last;
  }

  /** There is nothing more of it before its mark: passed, or it was cut off. */
  forget(device: string): void {
    this.#marks.delete(device);
  }
}
