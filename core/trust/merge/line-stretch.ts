import type { ChangedPath } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { StepReport } from '../step/step-types.ts';
import { type FileSide, fileSide, sameSide } from './file-side.ts';
import type { SideWalk } from './side-states.ts';

/** The trusted line from a commit on it to the trusted commit, both included. */
export class LineStretch {
  readonly #reader: ObjectReader;
  /** Oldest first. */
  readonly #commits: readonly ObjectId[];

  constructor(reader: ObjectReader, commits: readonly ObjectId[]) {
    this.#reader = reader;
    this.#commits = commits;
  }

  /** What the line has merged since. */
  async merged(): Promise<readonly ObjectId[]> {
    const merged: ObjectId[] = [];
    for (const id of this.#commits.slice(1)) merged.push(...(await this.#reader.parents(id)).slice(1));
    return merged;
  }

  /** Whether a commit of it has this at that path: then who may has led the line on from there. */
  async hasHeld(path: string, side: FileSide): Promise<boolean> {
    for (const id of this.#commits) {
      if (sameSide(await fileSide(this.#reader, id, path), side)) return true;
    }
    return false;
  }

  /** Whether a commit of it has these keys and rules. */
  async hasHadPolicyOf(commit: ObjectId): Promise<boolean> {
    const theirs = (await this.#reader.entryAt(commit, 'trust'))?.id;
    for (const id of this.#commits) {
      if ((await this.#reader.entryAt(id, 'trust'))?.id === theirs) return true;
    }
    return false;
  }

  /** Its steps, one after the other, as far as they can be judged again. */
  async *steps(walk: SideWalk): AsyncGenerator<StepReport> {
    for (let at = 0; at < this.#commits.length - 1; ) {
      const found = await this.#nextStep(walk, at);
      if (found === undefined) return;
      yield found.report;
      at = found.at;
    }
  }

  async #nextStep(walk: SideWalk, at: number): Promise<{ report: StepReport; at: number } | undefined> {
    const [from, ...ends] = this.#commits.slice(at, at + 1 + this.#reader.limits.maxStepCommits);
    if (from === undefined) return undefined;
    for (const [index, end] of ends.entries()) {
      const report = await walk.step(from, end, index === 0);
      if (report !== undefined) return { report, at: at + index + 1 };
    }
    return undefined;
  }
}

/** Of these changes, the ones that a step makes. */
export function madeBy(report: StepReport, paths: ReadonlySet<string>): readonly ChangedPath[] {
  return report.change.filter(({ path }) => paths.has(path));
}
