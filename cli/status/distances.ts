/** How far commits that devices name are from one of this clone. */
import { isTowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from '../desk/git.ts';

export interface Distance {
  /** Commits that it does not have yet: to `maxCommits`. */
  readonly behind: number;
  /** And those that it has and the clone's commit does not. */
  readonly ahead: number;
  /**
   * When the oldest commit of main's own line that it does not have was made, milliseconds since the epoch: what was
   * merged may be much older, and was nobody's to have before.
   */
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
      if (!this.#known.has(range)) this.#known.set(range, await this.#ask(commit, target, signal));
      const distance = this.#known.get(range);
      if (distance === undefined) this.#known.delete(range);
      else found.set(commit, distance);
    }
    return found;
  }

  async #ask(commit: ObjectId, target: ObjectId, signal: AbortSignal): Promise<Distance | undefined> {
    const range = `${commit}...${target}`;
    const form = ['--timestamp', '--left-right', '--parents'];
    const args = ['rev-list', ...form, `--max-count=${maxCommits}`, range, '--'];
    try {
      const listed = await git(args, { directory: this.#directory, signal });
      return distanceOf(listed, target);
    } catch (error) {
      if (!isTowlineError(error, 'CLI_GIT')) throw error;
      return undefined;
    }
  }
}

/** @param listed lines `seconds <commit parent…` of what is on the left side alone, `seconds >commit parent…` of the right */
export function distanceOf(listed: string, target: ObjectId): Distance {
  let ahead = 0;
  const behind = new Map<ObjectId, { readonly seconds: number; readonly parent: ObjectId | undefined }>();
  for (const line of listed.split('\n')) {
    const [seconds, commit = '', parent] = line.split(' ', 3);
    if (commit.startsWith('<')) ahead += 1;
    if (commit.startsWith('>')) behind.set(commit.slice(1), { seconds: Number(seconds), parent });
  }
  let oldest = Number.POSITIVE_INFINITY;
  for (let step = behind.get(target); step !== undefined; step = behind.get(step.parent ?? ''))
    oldest = Math.min(oldest, step.seconds * 1000);
  return {
    behind: behind.size,
    ahead,
    behindSinceMs: Number.isFinite(oldest) ? oldest : undefined,
  };
}
