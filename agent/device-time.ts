/** Now, as a device may believe it: the greatest of its wall clock, line time and what it has seen before (trust.md, "Freshness"). */
import path from 'node:path';
import { CheckedFile } from '../core/io/checked-file.ts';
import type { Clock } from '../core/io/clock.ts';

/** A signed time may precede the one before by so much; so may a wall clock. */
const toleranceMs = 10 * 60_000;
/** What has been seen is written at most so often: flash wears out. */
const writeIntervalMs = 60 * 60_000;

export class DeviceTime implements Clock {
  readonly #clock: Clock;
  readonly #file: CheckedFile<number>;
  /** The newest time seen, and when that was by the monotonic clock. */
  #newest: { readonly ms: number; readonly atMs: number };
  #writtenMs: number;

  private constructor(clock: Clock, file: CheckedFile<number>, seenMs: number) {
    this.#clock = clock;
    this.#file = file;
    this.#newest = { ms: seenMs, atMs: clock.monotonic() };
    this.#writtenMs = seenMs;
  }

  /** What was kept may be lost: then line time and the wall clock are what there is. */
  static async open(clock: Clock, stateDirectory: string): Promise<DeviceTime> {
    const file = new CheckedFile(path.join(stateDirectory, 'time'), json =>
      typeof json === 'number' && Number.isSafeInteger(json) && json >= 0 ? json : undefined,
    );
    const found = await file.read();
    return new DeviceTime(clock, file, found.kind === 'value' ? found.value : 0);
  }

  /** Goes on by the monotonic clock while the wall clock is behind. */
  now(): number {
    this.#note(this.#clock.now());
    return this.#reckoned();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  /** A time that is vouched for, such as line time. Milliseconds since the epoch. */
  saw(ms: number): void {
    this.#note(ms);
  }

  /** Why the wall clock is not to be believed, or undefined. */
  get unsynchronised(): string | undefined {
    const wallMs = this.#clock.now();
    const reckonedMs = this.#reckoned();
    if (wallMs + toleranceMs >= reckonedMs) return undefined;
    const word = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
    return `the clock shows ${word(wallMs)}, but it has been ${word(reckonedMs)}`;
  }

  /** Makes what was seen durable, when that is worth a write. */
  async persist(): Promise<void> {
    const nowMs = this.now();
    if (nowMs - this.#writtenMs < writeIntervalMs) return;
    await this.#file.write(nowMs);
    this.#writtenMs = nowMs;
  }

  #reckoned(): number {
    return Math.floor(this.#newest.ms + this.#clock.monotonic() - this.#newest.atMs);
  }

  #note(ms: number): void {
    if (ms > this.#reckoned()) this.#newest = { ms, atMs: this.#clock.monotonic() };
  }
}
