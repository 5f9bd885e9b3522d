/** How many lines a container may have in a second, and bytes in a day, by the time of the lines themselves. */
import type { LogSettings } from './log-settings.ts';

/** What a container has used of its day; kept with its position, so that a restart begins no new day. */
export interface DayUse {
  /** `YYYY-MM-DD` of the lines' own time. */
  readonly day: string;
  readonly bytes: number;
}

export class LineLimit {
  readonly #perSecond: number;
  readonly #perDay: number;
  #second = ' ';
  #lines = 0;
  #day: string;
  #bytes: number;

  constructor(
    { maxLinesPerSecond, maxBytesPerDay }: Pick<LogSettings, 'maxLinesPerSecond' | 'maxBytesPerDay'>,
    used: DayUse | undefined,
  ) {
    this.#perSecond = maxLinesPerSecond;
    this.#perDay = maxBytesPerDay ?? Number.POSITIVE_INFINITY;
    this.#day = used?.day ?? ' ';
    this.#bytes = used?.bytes ?? 0;
  }

  get used(): DayUse | undefined {
    return Number.isFinite(this.#perDay) ? { day: this.#day, bytes: this.#bytes } : undefined;
  }

  /** @returns false: of another second, or nothing is left. Then it is not counted */
  passes(time: string, bytes: number): boolean {
    const isLeft = this.#lines < this.#perSecond && this.#bytes + bytes <= this.#perDay;
    if (!isLeft || !time.startsWith(this.#second)) return false;
    this.#lines += 1;
    this.#bytes += bytes;
    return true;
  }

  /** @returns why this line is left out, or undefined */
  exceeded(time: string, bytes: number): 'rate' | 'budget' | undefined {
    if (this.passes(time, bytes)) return undefined;
    if (!time.startsWith(this.#second)) {
      this.#second = time.slice(0, 19);
      this.#lines = 0;
      // Backwards too: after a clock that was years ahead there would be no other day.
      if (!time.startsWith(this.#day)) {
        this.#day = time.slice(0, 10);
        this.#bytes = 0;
      }
    }
    this.#lines += 1;
    if (this.#lines > this.#perSecond) return 'rate';
    if (this.#bytes + bytes > this.#perDay) return 'budget';
    this.#bytes += bytes;
    return undefined;
  }
}
