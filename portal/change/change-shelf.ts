/** Proposals that wait, and those that were signed: so many for each person, so many in all, for so long. */
import { TowlineError } from '../../core/errors.ts';
import type { PendingChange } from './pending-change.ts';

/** Of one person, count: of those that wait the oldest gives way. */
const mostOfOne = 8;
/** A large one has a few hundred kilobytes of diffs and plans. */
const mostInAll = 64;
/** What nobody has signed by then is forgotten, milliseconds. */
const waitingMs = 3_600_000;
/** For so long it is told what became of one, milliseconds. */
const toldMs = 24 * 3_600_000;

const isOver = ({ stage, madeMs }: PendingChange, nowMs: number): boolean =>
  stage.is !== 'signing' && nowMs - madeMs > (stage.is === 'shown' ? waitingMs : toldMs);

export class ChangeShelf {
  readonly #changes = new Map<string, PendingChange>();
  readonly #onGone: (id: string) => void;

  /** @param onGone hears of each that is forgotten */
  constructor(onGone: (id: string) => void) {
    this.#onGone = onGone;
  }

  get size(): number {
    return this.#changes.size;
  }

  /** @throws TowlineError PORTAL_BUSY */
  add(change: PendingChange, nowMs: number): void {
    this.#sweep(nowMs);
    const own = [...this.#changes.values()].filter(({ viewer }) => viewer === change.viewer);
    if (own.length >= mostOfOne) {
      const oldest = own.find(({ stage }) => stage.is !== 'signing');
      if (oldest === undefined)
        throw new TowlineError('PORTAL_BUSY', `${mostOfOne} changes are being signed`);
      this.remove(oldest.id);
    }
    if (this.#changes.size >= mostInAll && !this.#makeRoom(change.viewer))
      throw new TowlineError('PORTAL_BUSY', `${mostInAll} changes wait here`, {
        details: { retryAfterSec: 60 },
      });
    this.#changes.set(change.id, change);
  }

  /**
   * What nobody waits for any more gives way first, then the oldest of who has most: some who propose as much as they may
   * keep nobody out. @returns false: nobody has more than this person
   */
  #makeRoom(viewer: string): boolean {
    const all = [...this.#changes.values()];
    const waiting = all.filter(({ stage }) => stage.is === 'shown');
    const countOf = (name: string): number => all.filter(each => each.viewer === name).length;
    const most = Math.max(0, ...waiting.map(each => countOf(each.viewer)));
    const found =
      all.find(({ stage }) => stage.is !== 'shown' && stage.is !== 'signing') ??
      (most > countOf(viewer) + 1 ? waiting.find(each => countOf(each.viewer) === most) : undefined);
    if (found !== undefined) this.remove(found.id);
    return found !== undefined;
  }

  /** One of somebody else is as good as none. @throws TowlineError PORTAL_NOT_FOUND */
  of(viewer: string, id: string, nowMs: number): PendingChange {
    this.#sweep(nowMs);
    const found = this.#changes.get(id);
    if (found === undefined || found.viewer !== viewer)
      throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such change');
    return found;
  }

  remove(id: string): void {
    if (this.#changes.delete(id)) this.#onGone(id);
  }

  #sweep(nowMs: number): void {
    for (const change of this.#changes.values()) if (isOver(change, nowMs)) this.remove(change.id);
  }
}
