/** Which device has which commit, and how long that took. */

import type { Obstacles } from './obstacles.ts';
import type { Converged, Lost } from './record.ts';

export interface Pushed {
  readonly commit: string;
  /** What the commit did: `setting`, `good-release`, … */
  readonly change: string;
  readonly atMs: number;
}

/** What a device last said. */
export interface Said {
  /** The commit that it has dealt with. */
  readonly followed: string | undefined;
  readonly outcome: string;
}

const unfinished = new Set(['progressing', 'waiting']);
/** A device that has not got it by then, with nothing in its way, never will. */
const neverMs = 20 * 60_000;

interface Waiting extends Pushed {
  /** Counts from 0, in the order of main. */
  readonly index: number;
  readonly missing: Set<string>;
}

export class Convergence {
  readonly #devices: readonly string[];
  readonly #obstacles: Obstacles;
  readonly #indexes = new Map<string, number>();
  #waiting: Waiting[] = [];

  constructor(devices: readonly string[], obstacles: Obstacles) {
    this.#devices = devices;
    this.#obstacles = obstacles;
  }

  /** In the order in which they are on main. */
  push(pushed: Pushed): void {
    const index = this.#indexes.size;
    this.#indexes.set(pushed.commit, index);
    this.#waiting.push({ ...pushed, index, missing: new Set(this.#devices) });
  }

  /** Commits that some device has not got, and how many devices. */
  get missing(): number {
    return this.#waiting.reduce((sum, { missing }) => sum + missing.size, 0);
  }

  /** Of one device. */
  isBehind(device: string): boolean {
    return this.#waiting.some(({ missing }) => missing.has(device));
  }

  /** A device has dealt with a commit, and so with all before. @returns what is to be written down */
  heard(device: string, { followed, outcome }: Said, nowMs: number): Converged[] {
    const index = this.#indexes.get(followed ?? '');
    if (index === undefined || unfinished.has(outcome)) return [];
    const found: Converged[] = [];
    for (const { commit, change, atMs, index: own, missing } of this.#waiting) {
      if (own > index || !missing.delete(device)) continue;
      const free = this.#obstacles.freeSince(device) ?? nowMs;
      const tookMs = Math.max(0, nowMs - Math.max(atMs, free));
      const said = { commit, change, device, sincePushMs: nowMs - atMs, tookMs, outcome };
      found.push({ kind: 'converged', atMs: nowMs, ...said });
    }
    this.#waiting = this.#waiting.filter(({ missing }) => missing.size > 0);
    return found;
  }

  /** Those that are given up; each is told once. */
  givenUp(nowMs: number): Lost[] {
    const found: Lost[] = [];
    for (const { commit, change, atMs, missing } of this.#waiting) {
      for (const device of missing) {
        const free = this.#obstacles.freeSince(device);
        if (free === undefined || nowMs - Math.max(free, atMs) < neverMs) continue;
        missing.delete(device);
        const detail = `${change} ${commit.slice(0, 12)} of ${Math.round(atMs / 60_000)} min`;
        found.push({ kind: 'lost', atMs: nowMs, what: 'commit', device, detail });
      }
    }
    this.#waiting = this.#waiting.filter(({ missing }) => missing.size > 0);
    return found;
  }
}
