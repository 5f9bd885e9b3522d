/** Reads what devices said last, each tip once: all at the start, a few side by side, and then those that moved. */
import { isTowlineError } from '../../../core/errors.ts';
import type { Home } from '../../home/home.ts';
import { type DeviceFacts, factsOf } from './device-facts.ts';
import { OwnTexts } from './own-text.ts';

/** Reports that are read side by side. */
const readers = 4;
/** Told together, at most: pages see the first of ten thousand soon. */
const batchSize = 200;

export class ReportReader {
  readonly #home: Home;
  readonly #texts = new OwnTexts();
  readonly #facts = new Map<string, DeviceFacts>();
  /** Devices whose report is to be read; when its branch was seen to move, milliseconds since the epoch. */
  readonly #waiting = new Map<string, number | undefined>();

  constructor(home: Home) {
    this.#home = home;
    for (const device of home.telemetry.tips().keys()) this.#waiting.set(device, undefined);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  isWaiting(device: string): boolean {
    return this.#waiting.has(device);
  }

  facts(device: string): DeviceFacts | undefined {
    return this.#facts.get(device);
  }

  moved(device: string): void {
    this.#waiting.set(device, this.#home.clock.now());
  }

  /** Another main may name other keys: what was checked with another one is read again. */
  keysChanged(): void {
    for (const [device, { sshKey }] of this.#facts)
      if (sshKey !== this.#keyOf(device) && !this.#waiting.has(device)) this.#waiting.set(device, undefined);
  }

  /**
   * Some of those that wait; what cannot be read now waits on.
   * @returns devices whose facts are others now
   * @throws TowlineError TRUST_OBJECT_SOURCE where none could be read; the signal's reason
   */
  async readSome(signal: AbortSignal): Promise<readonly string[]> {
    const devices = [...this.#waiting.keys()].slice(0, batchSize);
    const turn = devices[Symbol.iterator]();
    const changed: string[] = [];
    const read = async () => {
      for (const device of turn) {
        signal.throwIfAborted();
        if (await this.#read(device, signal)) changed.push(device);
      }
    };
    const results = await Promise.allSettled(Array.from({ length: readers }, read));
    const failed = results.find(result => result.status === 'rejected');
    if (failed !== undefined && (signal.aborted || changed.length === 0 || !isTowlineError(failed.reason)))
      throw failed.reason;
    return changed;
  }

  async #read(device: string, signal: AbortSignal): Promise<boolean> {
    const { telemetry, clock } = this.#home;
    const movedMs = this.#waiting.get(device);
    const tip = telemetry.tips().get(device);
    const sshKey = this.#keyOf(device);
    const known = this.#facts.get(device);
    if (known?.tip === tip && known?.sshKey === sshKey) {
      this.#waiting.delete(device);
      return false;
    }
    const report = tip === undefined ? undefined : await telemetry.report(device, signal);
    // It moved meanwhile: it waits on, with its newer time.
    if (this.#waiting.get(device) === movedMs && telemetry.tips().get(device) === tip)
      this.#waiting.delete(device);
    if (report === undefined || tip === undefined) {
      this.#facts.delete(device);
      return true;
    }
    this.#facts.set(device, factsOf({ tip, sshKey, report, movedMs, nowMs: clock.now() }, this.#texts));
    return true;
  }

  #keyOf(device: string): string | undefined {
    return this.#home.fleet.current?.fleet.devices.get(device)?.value.keys?.ssh;
  }
}
