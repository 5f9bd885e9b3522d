/** Numbers of segments or records that are never given twice, whatever is lost: they name a record for ever. */
import { CheckedFile } from '../../../core/io/file/checked-file.ts';

/** Taken at once: what a crash leaves of them names nothing. */
const reservedAtOnce = 64;

export class SegmentNumber {
  readonly #file: CheckedFile<number>;
  readonly #nowMs: () => number;
  #next: number | undefined;
  #reserved = 0;

  constructor(file: string, nowMs: () => number) {
    this.#file = new CheckedFile(file, parseNumber);
    this.#nowMs = nowMs;
  }

  /** @throws what a full disk throws; the number is not given then */
  async take(): Promise<number> {
    const next = this.#next ?? (await this.#first());
    if (next >= this.#reserved) {
      await this.#file.write(next + reservedAtOnce);
      this.#reserved = next + reservedAtOnce;
    }
    this.#next = next + 1;
    return next;
  }

  /**
   * A device whose state is new, or lost, may have given numbers before: seconds since the epoch are beyond all of them, since
   * no device makes a segment a second for years.
   */
  async #first(): Promise<number> {
    const found = await this.#file.read();
    const first = found.kind === 'value' ? found.value : Math.floor(this.#nowMs() / 1000);
    this.#reserved = first;
    this.#next = first;
    return first;
  }
}

function parseNumber(json: unknown): number | undefined {
  return typeof json === 'number' && Number.isSafeInteger(json) && json >= 0 ? json : undefined;
}
