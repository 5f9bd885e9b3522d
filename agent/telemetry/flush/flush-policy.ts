/** When what waits is pushed between passes. Pure: times are of the monotonic clock, milliseconds. */

/** `full`: enough waits for a commit, or was left by the last one. `aged`: it goes to the disk, and no further. */
export type Cause = 'asked' | 'urgent' | 'full' | 'aged';

export interface Due {
  readonly cause: Cause;
  readonly atMs: number;
}

export interface Pushed {
  readonly bytes: number;
  /** More waits than went. */
  readonly left: boolean;
  /** It was the first one after an outage: nothing but the status. */
  readonly isBack: boolean;
}

/** Compressed bytes that are worth a commit. */
export const fullBytes = 64 * 1024;
/** After a push the line is left to others for as long as this rate makes of it, at least the shortest pause. */
const bytesPerSec = 128 * 1024;
const shortestPauseMs = 3_000;
const longestPauseMs = 60_000;
/** Of any cause: a gateway takes 30 a minute, and those of passes come on top. */
const mostPushesPerMinute = 20;
const askedPauseMs = 3_000;
const mostAskedPerHour = 200;
/** What is told with an error comes right after it. */
const urgentGatherMs = 1_000;
const firstUrgentPauseMs = 5_000;
/** A flood of errors becomes one commit a minute. */
const longestUrgentPauseMs = 60_000;
const urgentCalmMs = 5 * 60_000;
const agedMs = 3_600_000;
const firstRetryMs = 5_000;
const longestRetryMs = 5 * 60_000;
/** When the day has no more room. */
const noRoomMs = 10 * 60_000;
/** After an outage devices come back at once, and their backlogs need not. */
const spreadMs = 60_000;

export class FlushPolicy {
  /** 0 ≤ random < 1. */
  readonly #random: () => number;
  #urgentSinceMs: number | undefined;
  #urgentPauseMs = 0;
  #lastUrgentMs = Number.NEGATIVE_INFINITY;
  #askedSinceMs: number | undefined;
  /** What a flush that is under way was told to bring. */
  #begun: { readonly urgentMs?: number | undefined; readonly askedMs?: number | undefined } = {};
  /** From when on the next one is obeyed, whatever came of the last. */
  #nextAskedMs = Number.NEGATIVE_INFINITY;
  /** Times of those that became a commit, within the hour. */
  #asked: number[] = [];
  /** Of all pushes within the minute. */
  #pushes: number[] = [];
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #noRoomUntilMs = Number.NEGATIVE_INFINITY;
  #left = false;
  #settledMs: number;
  #failures = 0;
  #retryMs = Number.NEGATIVE_INFINITY;

  constructor(random: () => number, nowMs: number) {
    this.#random = random;
    this.#settledMs = nowMs;
  }

  /** Something happened that is worth a push at once. */
  urgent(nowMs: number): void {
    if (nowMs - this.#lastUrgentMs > urgentCalmMs) this.#urgentPauseMs = 0;
    this.#urgentSinceMs ??= nowMs;
  }

  /** The gateway asks: however often, once is meant. */
  asked(nowMs: number): void {
    this.#askedSinceMs ??= nowMs;
  }

  /** @returns the next one, its time passed or not; undefined: none until something comes */
  next(waitingBytes: number): Due {
    const aged: Due = { cause: 'aged', atMs: this.#settledMs + agedMs };
    const causes: readonly (Due | undefined)[] = [
      this.#askedDue(),
      this.#urgentDue(),
      this.#fullDue(waitingBytes),
      aged,
    ];
    return causes
      .filter(due => due !== undefined)
      .map(due => (due.cause === 'aged' ? due : { ...due, atMs: Math.max(due.atMs, this.#openMs()) }))
      .reduce((first, due) => (due.atMs < first.atMs ? due : first));
  }

  /** What has been told so far is in it, or in none; what is told from now on is for the next one. */
  begin(cause: Cause, nowMs: number): void {
    if (cause === 'asked') this.#nextAskedMs = nowMs + askedPauseMs;
    // Both bring the newest there is; a backlog goes by its own order.
    if (cause !== 'urgent' && cause !== 'asked') return;
    this.#begun = { urgentMs: this.#urgentSinceMs, askedMs: this.#askedSinceMs };
    this.#urgentSinceMs = undefined;
    this.#askedSinceMs = undefined;
  }

  /** What collectors held is on the disk. */
  settled(nowMs: number): void {
    this.#settledMs = nowMs;
  }

  pushed(cause: Cause, { bytes, left, isBack }: Pushed, nowMs: number): void {
    this.#pushes = [...this.#pushes.filter(atMs => nowMs - atMs < 60_000), nowMs];
    if (cause === 'asked') this.#asked = [...this.#asked.filter(atMs => nowMs - atMs < 3_600_000), nowMs];
    if (cause === 'urgent') this.#urgentIsOver(nowMs);
    // The status went by itself: what was asked for, and what has happened, is yet to come.
    if (isBack) this.#resume();
    else this.#begun = {};
    this.#failures = 0;
    this.#left = left;
    const pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, (bytes / bytesPerSec) * 1000));
    this.#restUntilMs = nowMs + pauseMs + (isBack ? spreadMs * this.#random() : 0);
  }

  /** There was nothing to push. */
  idle(): void {
    this.#begun = {};
    this.#left = false;
  }

  /** The day has no more bytes for it. */
  hasNoRoom(cause: Cause, nowMs: number): void {
    // What is asked for has a share of its own: that it is used up keeps nothing else back.
    if (cause === 'asked') this.#urgentSinceMs = this.#begun.urgentMs ?? this.#urgentSinceMs;
    this.#begun = {};
    if (cause === 'asked') this.#nextAskedMs = nowMs + noRoomMs;
    else this.#noRoomUntilMs = nowMs + noRoomMs;
  }

  /** @param retryAfterMs what the gateway has said */
  failed(nowMs: number, retryAfterMs = 0): void {
    const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#resume();
    this.#retryMs = nowMs + Math.max(retryAfterMs, pauseMs * (0.5 + this.#random()));
  }

  #resume(): void {
    this.#urgentSinceMs = this.#begun.urgentMs ?? this.#urgentSinceMs;
    this.#askedSinceMs = this.#begun.askedMs ?? this.#askedSinceMs;
    this.#begun = {};
  }

  #urgentIsOver(nowMs: number): void {
    this.#lastUrgentMs = nowMs;
    this.#urgentPauseMs = Math.min(
      longestUrgentPauseMs,
      Math.max(firstUrgentPauseMs, 2 * this.#urgentPauseMs),
    );
  }

  #askedDue(): Due | undefined {
    if (this.#askedSinceMs === undefined) return undefined;
    const [oldest = Number.NEGATIVE_INFINITY] = this.#asked.slice(-mostAskedPerHour);
    const hourMs = this.#asked.length < mostAskedPerHour ? Number.NEGATIVE_INFINITY : oldest + 3_600_000;
    return { cause: 'asked', atMs: Math.max(this.#askedSinceMs, this.#nextAskedMs, hourMs) };
  }

  #urgentDue(): Due | undefined {
    if (this.#urgentSinceMs === undefined) return undefined;
    const atMs = Math.max(this.#urgentSinceMs + urgentGatherMs, this.#lastUrgentMs + this.#urgentPauseMs);
    return { cause: 'urgent', atMs: Math.max(atMs, this.#noRoomUntilMs) };
  }

  #fullDue(waitingBytes: number): Due | undefined {
    if (waitingBytes === 0 || (waitingBytes < fullBytes && !this.#left)) return undefined;
    return { cause: 'full', atMs: Math.max(this.#restUntilMs, this.#noRoomUntilMs) };
  }

  /** Before that nothing is pushed, whatever for. */
  #openMs(): number {
    const [oldest = Number.NEGATIVE_INFINITY] = this.#pushes.slice(-mostPushesPerMinute);
    const crowdedMs = this.#pushes.length < mostPushesPerMinute ? Number.NEGATIVE_INFINITY : oldest + 60_000;
    return Math.max(crowdedMs, this.#failures > 0 ? this.#retryMs : Number.NEGATIVE_INFINITY);
  }
}
