/** Since when a device is behind: which commits the gateway has trusted, and since when. */

/** A day of one commit a minute; of what is older than all of them only that is known. */
const maxCommits = 1440;

export class MainTrail {
  /** When it was seen first, oldest first. */
  readonly #seenMs = new Map<string, number>();
  #newest: string | undefined;

  /** The gateway trusts it now. */
  note(commit: string, nowMs: number): void {
    if (commit === this.#newest) return;
    this.#newest = commit;
    // Where main was put back, it counts anew.
    this.#seenMs.delete(commit);
    this.#seenMs.set(commit, nowMs);
    const [oldest] = this.#seenMs.keys();
    if (this.#seenMs.size > maxCommits && oldest !== undefined) this.#seenMs.delete(oldest);
  }

  /**
   * Milliseconds since a device that trusts `commit` could have gone on; 0: it is where the gateway is.
   * @param saidMs when it said so first: of a commit that the gateway passed over, nothing else is known
   */
  behindMs(commit: string, saidMs: number, nowMs: number): number {
    if (commit === this.#newest || this.#newest === undefined) return 0;
    const seen = this.#seenMs.get(commit);
    if (seen === undefined) return nowMs - Math.max(saidMs, this.#seenMs.get(this.#newest) ?? nowMs);
    for (const time of this.#seenMs.values()) if (time > seen) return nowMs - time;
    return nowMs - (this.#seenMs.get(this.#newest) ?? nowMs);
  }
}
