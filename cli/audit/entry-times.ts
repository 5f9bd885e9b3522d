/** Times of entries, as they pass: since when they are, and where the gateway's clock was put back. */
import type { AuditEntry } from '../../core/audit/audit-entry.ts';

/** What a time server corrects is less, and is nobody's concern. */
const backMs = 10 * 60_000;

export class EntryTimes {
  /** Of the oldest entry. */
  firstTime: string | undefined;
  /** How often the clock went back, and the first entry behind that. */
  turnedBack: { readonly count: number; readonly seq: number } | undefined;
  #newestMs = Number.NEGATIVE_INFINITY;

  add({ seq, time, transition }: AuditEntry): void {
    this.firstTime ??= time;
    // When it happened; it may have been told later.
    if (transition !== undefined) return;
    const timeMs = Date.parse(time);
    if (timeMs < this.#newestMs - backMs)
      this.turnedBack = { count: (this.turnedBack?.count ?? 0) + 1, seq: this.turnedBack?.seq ?? seq };
    this.#newestMs = timeMs;
  }
}
