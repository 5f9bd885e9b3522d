/** How commits that devices name lie to each other, and to one that is main's: whatever they name, their history is listed once. */
import type { ObjectId } from '../trust/git/object-source.ts';

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
interface Listed {
  readonly commit: ObjectId;
  readonly seconds: number;
}

export class Lineage {
  readonly #target: ObjectId;
  /** Of each commit that is named, the bit that stands for it. */
  readonly #bits: ReadonlyMap<ObjectId, bigint>;
  /** Commit → all that are named and have it behind them, or are it. */
  readonly #reached = new Map<ObjectId, bigint>();
  /** How many commits are behind the same ones of those that are named. */
  readonly #counts = new Map<bigint, number>();
  /** From the target on. */
  readonly #line: Listed[] = [];

  /**
   * @param named commits; those that are not listed are not known of
   * @param listed lines `seconds commit parent…`, none behind one of its parents
   */
  constructor(target: ObjectId, named: readonly ObjectId[], listed: string) {
    const commits = [...new Set([target, ...named])];
    this.#target = target;
    this.#bits = new Map(commits.map((commit, at) => [commit, 1n << BigInt(at)]));
    let next: ObjectId | undefined = target;
    for (const line of listed.split('\n')) {
      const [seconds, commit = '', ...parents] = line.split(' ');
      if (commit === '') continue;
      const reached = (this.#reached.get(commit) ?? 0n) | (this.#bits.get(commit) ?? 0n);
      this.#reached.set(commit, reached);
      this.#counts.set(reached, (this.#counts.get(reached) ?? 0) + 1);
      for (const parent of parents) this.#reached.set(parent, (this.#reached.get(parent) ?? 0n) | reached);
      if (commit !== next) continue;
      [next] = parents;
      this.#line.push({ commit, seconds: Number(seconds) });
    }
  }

  /** Whether it was listed: of the commits that were named. */
  has(commit: ObjectId): boolean {
    return this.#reached.has(commit);
  }

  /** Whether one of the two has the other behind it. */
  isOneLine(one: ObjectId, other: ObjectId): boolean {
    return this.#isBehind(one, other) || this.#isBehind(other, one);
  }

  #isBehind(commit: ObjectId, head: ObjectId): boolean {
    const bit = this.#bits.get(head) ?? 0n;
    return ((this.#reached.get(commit) ?? 0n) & bit) !== 0n;
  }

  /** @returns undefined: it was not listed, or not named */
  distance(commit: ObjectId): Distance | undefined {
    const bit = this.#bits.get(commit);
    const own = this.#bits.get(this.#target);
    if (bit === undefined || own === undefined || !this.has(commit) || !this.has(this.#target))
      return undefined;
    let [behind, ahead] = [0, 0];
    for (const [reached, count] of this.#counts) {
      if ((reached & own) !== 0n && (reached & bit) === 0n) behind += count;
      if ((reached & own) === 0n && (reached & bit) !== 0n) ahead += count;
    }
    let oldest = Number.POSITIVE_INFINITY;
    for (const { commit: step, seconds } of this.#line.slice(0, maxCommits)) {
      if (((this.#reached.get(step) ?? 0n) & bit) !== 0n) break;
      oldest = Math.min(oldest, seconds * 1000);
    }
    return {
      behind: Math.min(behind, maxCommits),
      ahead: Math.min(ahead, maxCommits),
      behindSinceMs: Number.isFinite(oldest) ? oldest : undefined,
    };
  }
}
