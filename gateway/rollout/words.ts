/** What devices have signed last, kept as rollouts need it; and when it came. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeviceWord, doubtfulWord, wordOf } from '../../core/rollout/word.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { TelemetryRecord } from '../sinks/sink.ts';

export class DeviceWords {
  readonly #telemetryGit: string;
  readonly #words = new Map<string, DeviceWord>();
  #first = true;
  #lookedMs = 0;

  constructor(telemetryGit: string) {
    this.#telemetryGit = telemetryGit;
  }

  get all(): ReadonlyMap<string, DeviceWord> {
    return this.#words;
  }

  /** @param nowMs when they came: those of the first time lay here already */
  async take(records: AsyncIterable<TelemetryRecord>, nowMs: () => number): Promise<void> {
    this.#comeBack(nowMs());
    for await (const record of records) {
      const { device } = record;
      if (record.kind !== 'report') this.#words.delete(device);
      else if (record.report.kind === 'doubtful') this.#words.set(device, doubtfulWord(record.report.why));
      else {
        const arrived = this.#first ? await this.#written(device) : { arrivedMs: nowMs() };
        this.#words.set(device, wordOf(record.report.status, arrived));
      }
    }
    this.#first = false;
  }

  /** Where the clock goes back, what came in the time to come came now: else it would be heard of until then. */
  #comeBack(nowMs: number): void {
    const isBack = nowMs < this.#lookedMs;
    this.#lookedMs = nowMs;
    if (!isBack) return;
    for (const [device, word] of this.#words)
      if ((word.arrivedMs ?? 0) > nowMs) this.#words.set(device, { ...word, arrivedMs: nowMs });
  }

  /** When its ref was written; where git has packed it since, by when that was. */
  async #written(device: string): Promise<Pick<DeviceWord, 'arrivedMs' | 'arrivedByMs'>> {
    const loose = await this.#changedMs(telemetryRef(device));
    return loose === undefined ? { arrivedByMs: await this.#changedMs('packed-refs') } : { arrivedMs: loose };
  }

  async #changedMs(file: string): Promise<number | undefined> {
    return (await stat(join(this.#telemetryGit, file)).catch(() => undefined))?.mtimeMs;
  }
}
