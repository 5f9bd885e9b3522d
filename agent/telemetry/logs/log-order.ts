/**
 * Which entries of a log are new. A log has an order of its own, which is nearly that of its times: two streams are stamped
 * before they are written one after the other, a clock is put back, and the engine hands over some twice when it begins another
 * file. What is in the log behind the last entry that was read is new; where that one is gone, everything is.
 */
import { msOf } from './entry-time.ts';
import type { LogPosition } from './position.ts';

/** Times that were read last, for those that are handed over twice. */
const remembered = 4096;
/** Of so many the first one's is known whole. */
const blockSize = 256;
const blocks = remembered / blockSize;
/** The newest entry is so much later than now: the clock was put back since, milliseconds. */
export const stepMs = 5_000;

export type Verdict = 'new' | 'old' /** New, and what was between the last one and this is gone. */ | 'lost';

export class LogOrder {
  #time: string;
  #seen: number;
  #high: string;
  readonly #now: () => number;
  /** Entries of the last time that are to come again before anything is new. */
  #left = 0;
  #seeking = false;
  /** Entries of the last time that are known to be there. */
  #known = 0;
  #recent: Float64Array | undefined;
  #count = 0;
  /** The first time of each block that is remembered. */
  #marks: string[] = [];

  /** @param nowMs the wall clock, with which the engine stamps too */
  constructor({ time, seen, high = '' }: LogPosition, nowMs: () => number) {
    this.#time = time;
    this.#seen = seen;
    this.#high = high > time ? high : time;
    this.#now = nowMs;
  }

  get time(): string {
    return this.#time;
  }

  get seen(): number {
    return this.#seen;
  }

  get high(): string | undefined {
    return this.#high > this.#time ? this.#high : undefined;
  }

  /** What was read last is later than the clock is: times do not say any more where to go on. */
  get isAhead(): boolean {
    return this.#time !== '' && msOf(this.#time) > this.#now() + stepMs;
  }

  /** A clock has been put back, and what it had stamped before is still to come. */
  get isFolded(): boolean {
    return this.#high > this.#time && msOf(this.#high) > msOf(this.#time) + stepMs;
  }

  /** The log is read anew, from the last time on or from before. */
  seek(): void {
    this.#seeking = this.#time !== '' && this.#seen > 0;
    this.#left = this.#seen;
  }

  /** The last entry has not come. */
  get isSeeking(): boolean {
    return this.#seeking;
  }

  /** It is gone from the log: whatever comes is new. */
  giveUp(): void {
    this.#seeking = false;
    this.#left = 0;
  }

  /** By an engine that may hand over something twice. */
  judge(time: string): Verdict {
    if (this.#seeking) {
      if (time === this.#time) {
        this.#left -= 1;
        if (this.#left <= 0) this.#seeking = false;
        return 'old';
      }
      if (time <= this.#high || this.isAhead) return 'old';
      this.giveUp();
      this.#accept(time);
      return 'lost';
    }
    if (time <= this.#high && this.#isRepeated(time)) return 'old';
    this.#accept(time);
    return 'new';
  }

  /** An entry from a place that is known to be behind the last one. */
  advance(time: string): void {
    if (time === this.#time) this.#seen += 1;
    else {
      this.#time = time;
      this.#seen = 1;
      this.#known = 0;
      if (time > this.#high) this.#high = time;
    }
  }

  /** An entry of an earlier time that is no repetition: the next part of a line. @param seen entries of that time, with this one */
  goOn(time: string, seen: number): void {
    this.#time = time;
    this.#seen = seen;
    if (time > this.#high) this.#high = time;
  }

  /** An entry of the last time with the last text is there again, or is handed over again. */
  isDoubtful(time: string): boolean {
    return time === this.#time && !this.#seeking && this.#left === 0 && this.#known < this.#seen + 1;
  }

  /** So many entries of the last time there are. */
  settle(entries: number): void {
    this.#known = Math.max(entries, this.#seen);
    if (this.#known === this.#seen) this.#left = 1;
  }

  #accept(time: string): void {
    // What was stamped before the clock was put back says nothing of what comes now.
    if (time < this.#time && this.isAhead) this.#forget();
    this.advance(time);
    this.#left = 0;
    this.#recent ??= new Float64Array(remembered);
    const at = this.#count % remembered;
    if (at % blockSize === 0) this.#marks[at / blockSize] = time;
    this.#recent[at] = withinMinute(time);
    this.#count += 1;
  }

  #forget(): void {
    this.#count = 0;
    this.#marks = [];
    this.#recent?.fill(-1);
  }

  /** Of the block after the one that is written over; '' while all that ever came is remembered. */
  get #floor(): string {
    if (this.#count < remembered) return '';
    return this.#marks[(Math.floor(this.#count / blockSize) + 1) % blocks] ?? '';
  }

  #isRepeated(time: string): boolean {
    if (time === this.#time) {
      if (this.#left === 0) return false;
      this.#left -= 1;
      return true;
    }
    const isKnown =
      time < this.#floor && !this.isAhead ? true : (this.#recent?.includes(withinMinute(time)) ?? false);
    if (isKnown) this.#left = this.#seen;
    return isKnown;
  }
}

/** Seconds and nanoseconds: enough to tell neighbours apart. */
function withinMinute(time: string): number {
  let digits = 0;
  for (let at = 17; at < 29; at += 1) if (at !== 19) digits = digits * 10 + time.charCodeAt(at) - 0x30;
  return digits;
}
