/** What one device may have under way and how often it may ask: one that goes wild does not disturb the others. */
import type { Clock } from '../../core/io/clock.ts';

export interface DeviceLimits {
  /** Requests under way at once. */
  readonly maxRequests: number;
  readonly requestsPerMinute: number;
  /** Connections at once. */
  readonly maxConnections: number;
  readonly pushesPerMinute: number;
  /** Fetches in a minute that are not answered from memory. */
  readonly fetchesPerMinute: number;
}

/** Lets `perMinute` through each minute, saved up to `most`. */
export class TokenBucket {
  readonly #perMinute: number;
  readonly #most: number;
  #tokens: number;
  #filledAt: number;

  constructor(perMinute: number, most: number, nowMs: number) {
    this.#perMinute = perMinute;
    this.#most = most;
    this.#tokens = most;
    this.#filledAt = nowMs;
  }

  /** @returns 0 when it may go on, else the seconds to wait. */
  take(nowMs: number): number {
    const gained = ((nowMs - this.#filledAt) / 60_000) * this.#perMinute;
    this.#tokens = Math.min(this.#most, this.#tokens + gained);
    this.#filledAt = nowMs;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil(((1 - this.#tokens) / this.#perMinute) * 60));
  }

  /** What was taken was not needed. */
  give(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + 1);
  }

  /** Full again: it can be forgotten. */
  isFull(nowMs: number): boolean {
    return this.#tokens + ((nowMs - this.#filledAt) / 60_000) * this.#perMinute >= this.#most;
  }
}

/** One bucket for each key that has used some of it lately. */
export class RateLimiter {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #perMinute: number;
  readonly #most: number;
  readonly #clock: Clock;
  #sweepAt = 1024;

  /** @param most that are saved up; those of a minute unless it is given. */
  constructor(perMinute: number, clock: Clock, most = perMinute) {
    this.#perMinute = perMinute;
    this.#most = most;
    this.#clock = clock;
  }

  /** @returns 0 when it may go on, else the seconds to wait. */
  take(key: string): number {
    const now = this.#clock.monotonic();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#sweepAt) this.#sweep(now);
      bucket = new TokenBucket(this.#perMinute, this.#most, now);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(now);
  }

  /** What was taken was not needed. */
  give(key: string): void {
    this.#buckets.get(key)?.give();
  }

  /** Nothing of it was used lately. */
  isFull(key: string): boolean {
    return this.#buckets.get(key)?.isFull(this.#clock.monotonic()) ?? true;
  }

  #sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
    this.#sweepAt = Math.max(1024, this.#buckets.size * 2);
  }
}

/** Counts what is under way for each key. */
export class Counts {
  readonly #counts = new Map<string, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns false when `max` are under way already. */
  enter(key: string): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#max) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  leave(key: string): void {
    const count = (this.#counts.get(key) ?? 0) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
