/** Recordings of sessions at the gateway: taken in, kept for as long as they have to be, and handed out to who may read. */
import { join } from 'node:path';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Audit } from '../admission/audit.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import { recordingRoutes } from './recording-routes.ts';
import { type RecordingKeep, RecordingStore } from './recording-store.ts';

export interface RecordingsOptions {
  readonly stateDirectory: string;
  readonly recordings: RecordingKeep;
  readonly audit: Audit;
  readonly log: Log;
  readonly clock: Clock;
}

const sweepMs = 3_600_000;

export class Recordings {
  readonly store: RecordingStore;
  readonly #options: RecordingsOptions;
  readonly #stop = new AbortController();
  readonly #swept: Promise<void>;

  static async open(options: RecordingsOptions): Promise<Recordings> {
    const folder = join(options.stateDirectory, 'recordings');
    return new Recordings(options, await RecordingStore.open(folder, options.recordings));
  }

  private constructor(options: RecordingsOptions, store: RecordingStore) {
    this.#options = options;
    this.store = store;
    this.#swept = this.#sweep();
  }

  mount(port: DevicePort): void {
    recordingRoutes(port.http, { store: this.store, audit: this.#options.audit });
  }

  metrics(): Metric[] {
    const { bytes, files } = this.store;
    return [
      gauge('towline_gateway_recordings', 'Files of recordings of sessions that are kept.', files),
      gauge('towline_gateway_recordings_bytes', 'Their bytes.', bytes),
    ];
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the gateway is shutting down'));
    await this.#swept;
  }

  async #sweep(): Promise<void> {
    const { clock, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        const removed = await this.store.sweep(clock.now());
        if (removed > 0) log.info({ removed }, 'recordings older than `keep` were removed');
      } catch (error) {
        log.error({ err: error }, 'recordings cannot be swept');
      }
      await clock.sleep(sweepMs, this.#stop.signal).catch(() => undefined);
    }
  }
}
