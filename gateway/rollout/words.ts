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

  constructor(telemetryGit: string) {
    this.#telemetryGit = telemetryGit;
  }

  get all(): ReadonlyMap<string, DeviceWord> {
    return this.#words;
  }

  /** @param nowMs when they came: those of the first time lay here already */
  async take(records: AsyncIterable<TelemetryRecord>, nowMs: () => number): Promise<void> {
    for await (const record of records) {
      const { device } = record;
      if (record.kind !== 'report') this.#words.delete(device);
      else if (record.report.kind === 'doubtful') this.#words.set(device, doubtfulWord(record.report.why));
      else {
        const arrivedMs = this.#first ? await this.#writtenMs(device) : nowMs();
        this.#words.set(device, wordOf(record.report.status, arrivedMs));
      }
    }
    this.#first = false;
  }

  /** When its ref was written; undefined: git has packed it since, and the device's own clock is all there is. */
  async #writtenMs(device: string): Promise<number | undefined> {
    const found = await stat(join(this.#telemetryGit, telemetryRef(device))).catch(() => undefined);
    return found?.mtimeMs;
  }
}
