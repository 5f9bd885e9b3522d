/** Now, as a device may believe it: the greater of its wall clock and the time that is vouched for (trust.md, "Freshness"). */
import path from 'node:path';
import type { Clock } from '../../core/io/clock.ts';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { fieldsOf } from '../../core/json.ts';
import { timeWord } from '../../core/time-word.ts';

/** A signed time may precede the one before by so much; so may a wall clock. */
const toleranceMs = 10 * 60_000;
/** What is vouched for is written at most so often: flash wears out. */
const writeIntervalMs = 60 * 60_000;

/** A time, and when it was by the monotonic clock: from there it goes on by that. */
interface Reading {
  readonly ms: number;
  readonly atMs: number;
}

/** What outlives the agent. A wall clock is no part of it: one wrong answer of NTP would stay for ever. */
interface Vouched {
  /** The line time that it came from: a lower one later on is a reset. */
  readonly lineMs: number;
  /** That time, gone on by the monotonic clock. */
  readonly reckonedMs: number;
}

export class DeviceTime implements Clock {
  readonly #clock: Clock;
  readonly #file: CheckedFile<Vouched>;
  #lineMs: number;
  #vouched: Reading;
  /** The wall clock as it was last read. */
  #wall: Reading;
  #written: Vouched;

  private constructor(clock: Clock, file: CheckedFile<Vouched>, kept: Vouched) {
    this.#clock = clock;
    this.#file = file;
    this.#lineMs = kept.lineMs;
    this.#vouched = { ms: kept.reckonedMs, atMs: clock.monotonic() };
    this.#wall = { ms: clock.now(), atMs: clock.monotonic() };
    this.#written = kept;
  }

  /** What was kept may be lost: then line time and the wall clock are what there is. */
  static async open(clock: Clock, stateDirectory: string): Promise<DeviceTime> {
    const file = new CheckedFile(path.join(stateDirectory, 'time'), parseVouched);
    const found = await file.read();
    return new DeviceTime(clock, file, found.kind === 'value' ? found.value : { lineMs: 0, reckonedMs: 0 });
  }

  now(): number {
    const wallMs = this.#clock.now();
    const expectedMs = this.#reckon(this.#wall);
    // NTP takes a few minutes back: time stands still until they are over. Anything else is another time.
    const small = Math.abs(expectedMs - wallMs) <= toleranceMs;
    this.#wall = { ms: small ? Math.max(expectedMs, wallMs) : wallMs, atMs: this.#clock.monotonic() };
    return Math.max(this.#wall.ms, this.#reckon(this.#vouched));
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  /** Line time, milliseconds since the epoch. One that is lower than before was reset: what came from it goes. */
  saw(lineMs: number): void {
    const isReset = lineMs < this.#lineMs;
    if (isReset || lineMs > this.#reckon(this.#vouched)) {
      this.#vouched = { ms: lineMs, atMs: this.#clock.monotonic() };
    }
    this.#lineMs = lineMs;
  }

  /** Why the wall clock is not to be believed, or undefined. */
  get unsynchronised(): string | undefined {
    const wallMs = this.#clock.now();
    const reckonedMs = this.#reckon(this.#vouched);
    if (wallMs + toleranceMs >= reckonedMs) return undefined;
    return `the clock shows ${timeWord(wallMs)}, but it has been ${timeWord(reckonedMs)}`;
  }

  /** Makes what is vouched for durable, when that is worth a write. */
  async persist(): Promise<void> {
    const vouched = { lineMs: this.#lineMs, reckonedMs: this.#reckon(this.#vouched) };
    const wasReset = vouched.lineMs < this.#written.lineMs;
    if (!wasReset && vouched.reckonedMs - this.#written.reckonedMs < writeIntervalMs) return;
    await this.#file.write(vouched);
    this.#written = vouched;
  }

  #reckon({ ms, atMs }: Reading): number {
    return Math.floor(ms + this.#clock.monotonic() - atMs);
  }
}

function parseVouched(json: unknown): Vouched | undefined {
  const { lineMs, reckonedMs } = fieldsOf(json);
  const isTime = (ms: unknown): ms is number => Number.isSafeInteger(ms) && Number(ms) >= 0;
  return isTime(lineMs) && isTime(reckonedMs) ? { lineMs, reckonedMs } : undefined;
}
