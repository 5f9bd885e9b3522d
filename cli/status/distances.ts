/** How far commits that devices name are from one of this clone. */
import { isTowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from '../desk/git.ts';

export interface Distance {
  /** Commits that it does not have yet: to `maxCommits`. */
  readonly behind: number;
  /** And those that it has and the clone's commit does not. */
  readonly ahead: number;
  /** When the oldest one that it does not have was made, milliseconds since the epoch. */
  readonly behindSinceMs: number | undefined;
}

/** More is told as that many. */
export const maxCommits = 10_000;
/** Devices trust few different commits; what each of them costs is decided here, not by who names it. */
const maxAsked = 64;

/** Remembers what it has found: commits do not change. */
export class Distances {
  readonly #directory: string;
  readonly #known = new Map<string, Distance | undefined>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Of the commits that are named, the most frequent first; those beyond some dozens are not looked at.
   * @returns what is not in this clone has none
   * @throws the signal's reason
   */
  async to(
    target: ObjectId,
    named: readonly ObjectId[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<ObjectId, Distance>> {
    const counts = new Map<ObjectId, number>();
    for (const commit of named) counts.set(commit, (counts.get(commit) ?? 0) + 1);
    const found = new Map<ObjectId, Distance>();
    for (const [commit] of [...counts].sort(([, left], [, right]) => right - left).slice(0, maxAsked)) {
      const range = `${commit}...${target}`;
      if (this.#known.size > 4 * maxAsked) this.#known.clear();
      if (!this.#known.has(range)) this.#known.set(range, await this.#ask(range, signal));
      const distance = this.#known.get(range);
      if (distance === undefined) this.#known.delete(range);
      else found.set(commit, distance);
    }
    return found;
  }

  async #ask(range: string, signal: AbortSignal): Promise<Distance | undefined> {
    const args = ['rev-list', '--timestamp', '--left-right', `--max-count=${maxCommits}`, range, '--'];
    try {
      const listed = await git(args, { directory: this.#directory, signal });
      return distanceOf(listed);
    } catch (error) {
      if (!isTowlineError(error, 'CLI_GIT')) throw error;
      return undefined;
    }
  }
}

/** @param listed lines `seconds <commit` of what is on the left side alone, `seconds >commit` of the right */
function distanceOf(listed: string): Distance {
  let [behind, ahead, oldest] = [0, 0, Number.POSITIVE_INFINITY];
  for (const line of listed.split('\n')) {
    const [seconds, commit = ''] = line.split(' ', 2);
    if (commit.startsWith('<')) ahead += 1;
    if (!commit.startsWith('>')) continue;
    behind += 1;
    oldest = Math.min(oldest, Number(seconds) * 1000);
  }
  return { behind, ahead, behindSinceMs: Number.isFinite(oldest) ? oldest : undefined };
}
