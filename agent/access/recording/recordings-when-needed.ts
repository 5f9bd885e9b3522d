/** The recordings of a device, loaded when the first session is recorded, or where an earlier run has left something to send. */
import path from 'node:path';
import { messageOf } from '../../../core/errors/cause.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { namesIn } from '../../../core/io/file/durable-file.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import { readSshPrivateKey } from '../../../core/io/openssh-key.ts';
import type { Log } from '../../../core/log.ts';
import type { LedgerHead } from '../../../core/recording/ledger-entry.ts';
import { type LedgerState, ledgerFile } from './ledger-state.ts';
import type { Recordings } from './recordings.ts';

export interface RecordingsNeeds {
  readonly stateDirectory: string;
  readonly fleet: string;
  readonly device: string;
  /** Ed25519, OpenSSH's private key format: the device's `keys.ssh`. */
  readonly hostKey: string;
  readonly dialler: Pick<Dialler, 'request'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
}

export interface RecordingsSaid extends LedgerHead {
  /** Recordings that the gateway has not got whole. */
  readonly waiting: number;
}

/** A disk that is full may have room again: between two attempts, milliseconds. */
const [againMs, longestWaitMs] = [5000, 300_000];

export class RecordingsWhenNeeded {
  readonly #needs: RecordingsNeeds;
  #opening: Promise<Recordings> | undefined;
  #recordings: Recordings | undefined;
  #found: LedgerState | undefined;
  #onLedger = (): void => {};

  constructor(needs: RecordingsNeeds) {
    this.#needs = needs;
  }

  /** What a status says; undefined: nothing was ever recorded here. */
  get said(): RecordingsSaid | undefined {
    const recordings = this.#recordings;
    if (recordings !== undefined && recordings.head.count > 0)
      return { ...recordings.head, waiting: recordings.waiting.recordings };
    if (this.#found === undefined) return undefined;
    const { count, head, open } = this.#found;
    return { count, head, waiting: open.length };
  }

  /** One that failed is tried again by the next. @throws what the file system throws */
  open(): Promise<Recordings> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** Sends what an earlier run has left. @param ring when a status has something new to say */
  async run(ring: () => void, signal: AbortSignal): Promise<void> {
    this.#onLedger = ring;
    for (let waitMs = againMs; !(await this.#isTakenUp()); waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      await this.#needs.clock.sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
  }

  async #isTakenUp(): Promise<boolean> {
    try {
      await this.#takeUp();
      return true;
    } catch (error) {
      this.#needs.log.warn(
        { error: messageOf(error) },
        'recordings of an earlier run cannot be taken up yet',
      );
      return false;
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.[Symbol.asyncDispose]();
  }

  get #folder(): string {
    return path.join(this.#needs.stateDirectory, 'recordings');
  }

  async #takeUp(): Promise<void> {
    const names = await namesIn(this.#folder);
    if (names.length === 0) return;
    const found = await ledgerFile(path.join(this.#folder, 'ledger')).read();
    if (found.kind === 'value' && found.value.count > 0) this.#found = found.value;
    const isWaiting = names.some(name => name.endsWith('.recording'));
    if (isWaiting || (this.#found?.unsent.length ?? 0) > 0) await this.open();
  }

  async #open(): Promise<Recordings> {
    const { Recordings } = await import('./recordings.ts');
    const signer = readSshPrivateKey(this.#needs.hostKey);
    const onLedger = () => this.#onLedger();
    const opened = await Recordings.open({ ...this.#needs, folder: this.#folder, signer, onLedger });
    this.#recordings = opened;
    return opened;
  }
}
