/**
 * All recordings of this device: begun, kept, ended, sent. What an earlier run has left is ended here, and said to have been cut.
 */
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { makeFolderDurably } from '../../../core/io/file/durable-file.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import type { SshKey } from '../../../core/io/openssh-key.ts';
import type { Log } from '../../../core/log.ts';
import { boxKeyBytes } from '../../../core/recording/chunk-box.ts';
import type { LedgerHead } from '../../../core/recording/ledger-entry.ts';
import type { RecordingEnd } from '../../../core/recording/recording-chain.ts';
import { recordingId } from '../../../core/recording/recording-id.ts';
import { sealToAuditors } from '../../../core/recording/recording-key.ts';
import { Ledger } from './ledger.ts';
import { endLeftRecording, readLeftRecording } from './left-recording.ts';
import { Outbox } from './outbox.ts';
import type { RecordedSession } from './recorded-session.ts';
import { Recorder } from './recorder.ts';
import { RecordingFile, recordingPath, recordingSuffix, type Written } from './recording-file.ts';
import { RecordingSender } from './recording-sender.ts';
import { UnendedRecordings } from './unended-recordings.ts';

/** Of one device: what is recorded, and what waits to be sent. */
export interface RecordingLimits {
  readonly maxBytes: number;
  readonly maxMs: number;
  readonly maxWaitingBytes: number;
  readonly maxWaiting: number;
}

export const recordingLimits: RecordingLimits = Object.freeze({
  maxBytes: 64 * 1024 * 1024,
  maxMs: 24 * 3_600_000,
  maxWaitingBytes: 256 * 1024 * 1024,
  maxWaiting: 48,
});

export interface RecordingsOptions {
  /** `<stateDirectory>/recordings`. */
  readonly folder: string;
  readonly fleet: string;
  readonly device: string;
  readonly signer: SshKey;
  readonly dialler: Pick<Dialler, 'request'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
  /** The ledger goes further: a status has to say so. */
  readonly onLedger: () => void;
  readonly limits?: RecordingLimits;
  /** 2 s unless it is given. */
  readonly paceMs?: number;
}

export interface RecordingOrder {
  readonly start: RecordedSession;
  readonly required: boolean;
  readonly auditors: readonly string[];
  /** No more is recorded, and why; once. */
  readonly onFailure: (error: TowlineError) => void;
}

export class Recordings implements AsyncDisposable {
  readonly #options: RecordingsOptions;
  readonly #limits: RecordingLimits;
  readonly #ledger: Ledger;
  readonly #outbox: Outbox;
  readonly #sender: RecordingSender;
  readonly #stop = new AbortController();
  readonly #unended: UnendedRecordings;

  /** @throws what the file system throws */
  static async open(options: RecordingsOptions): Promise<Recordings> {
    const { folder, signer } = options;
    await makeFolderDurably(folder);
    const file = `${folder}/ledger`;
    const nowMs = () => options.clock.now();
    const ledger = await Ledger.open({ ...options, file, signer, nowMs });
    const recordings = new Recordings(options, ledger);
    await recordings.#takeUp();
    recordings.#sender.begin(recordings.#stop.signal);
    return recordings;
  }

  private constructor(options: RecordingsOptions, ledger: Ledger) {
    this.#options = options;
    this.#limits = options.limits ?? recordingLimits;
    this.#ledger = ledger;
    this.#outbox = new Outbox(options.dialler);
    this.#sender = new RecordingSender({ paceMs: 2000, ...options, ledger, outbox: this.#outbox });
    const end = async (recording: string) => {
      this.#sender.ended(recording, await this.#endLeft(recording, 'unkept'));
      options.onLedger();
    };
    this.#unended = new UnendedRecordings({ ...options, end, signal: this.#stop.signal });
  }

  /** What a status says. */
  get head(): LedgerHead {
    return this.#ledger.head;
  }

  /** Recordings that the gateway has not got whole. */
  get waiting(): { readonly recordings: number; readonly bytes: number } {
    return this.#sender.waiting;
  }

  /**
   * Its first line is on the disk, and the ledger says that it has begun.
   * @throws TowlineError RECORDING_NO_AUDITORS, RECORDING_AUDITOR_KEY, RECORDING_NOT_KEPT, RECORDING_TOO_MUCH
   */
  async begin(order: RecordingOrder): Promise<Recorder> {
    try {
      await this.#unended.end();
      this.#checkRoom();
      if (this.#ledger.isNew) await this.#ledger.follow(await this.#outbox.ledger(this.#stop.signal));
      return await this.#begin(order);
    } catch (error) {
      if (error instanceof TowlineError && error.code.startsWith('RECORDING_')) throw error;
      const message = `the recording cannot begin: ${messageOf(error)}`;
      throw new TowlineError('RECORDING_NOT_KEPT', message, { cause: error });
    }
  }

  async #begin({ start, auditors, required, onFailure }: RecordingOrder): Promise<Recorder> {
    const { folder, fleet, device, clock, log, signer, onLedger } = this.#options;
    const key = randomBytes(boxKeyBytes);
    const sealed = await sealToAuditors(key, auditors, new Date(clock.now()));
    const recording = recordingId(start.startedMs, start.id);
    const { startedMs, operator, by, app, service, commit } = start;
    const who = { startedMs, operator, by, app, service, commit };
    const secret = { auditors: sealed.fingerprints, key: sealed.message };
    const file = await RecordingFile.begin(
      folder,
      { fleet, device, recording, ...who, ...secret },
      { signer, key },
    );
    try {
      await this.#ledger.add({ recording, what: 'begin', ...linkOf(file) });
    } catch (error) {
      await file.close();
      await rm(recordingPath(folder, recording), { force: true });
      throw error;
    }
    onLedger();
    this.#sender.begins(recording, () => file.written);
    const { maxBytes, maxMs } = this.#limits;
    return await Recorder.begin({
      ...{ file, start, device, required, maxBytes, maxMs, clock },
      onSealed: () => this.#sender.wake(),
      onFailure: error => {
        log.warn({ recording, code: error.code, error: error.message }, 'a session is not recorded any more');
        onFailure(error);
      },
      onUnended: () => this.#unended.add(recording),
      onEnd: async () => {
        await this.#ledger.add({ recording, what: 'end', ...linkOf(file) });
        this.#sender.ended(recording, file.written);
        onLedger();
      },
    });
  }

  #checkRoom(): void {
    const { recordings, bytes } = this.#sender.waiting;
    const { maxWaiting, maxWaitingBytes } = this.#limits;
    if (recordings < maxWaiting && bytes < maxWaitingBytes) return;
    const message = `${recordings} recordings of ${bytes} bytes wait to be sent to the gateway`;
    throw new TowlineError('RECORDING_TOO_MUCH', message);
  }

  /** What lies here from before: ended where it had not, or removed where it never was in the ledger. */
  async #takeUp(): Promise<void> {
    const { folder, log } = this.#options;
    const names = await readdir(folder);
    const found = names.filter(name => name.endsWith(recordingSuffix));
    const recordings = new Set(found.map(name => name.slice(0, -recordingSuffix.length)));
    for (const recording of this.#ledger.open) {
      if (recordings.has(recording)) await this.#endLeft(recording, 'cut');
      else await this.#ledger.add({ recording, what: 'end', link: '', lines: 0 });
      log.warn({ recording }, 'a recording was cut by the end of the agent');
    }
    for (const recording of recordings) {
      const left = await readLeftRecording(recordingPath(folder, recording));
      if (left.ended) this.#sender.ended(recording, left.written);
      else await rm(recordingPath(folder, recording), { force: true });
    }
  }

  /** @returns what stands there then @throws what the file system throws */
  async #endLeft(recording: string, outcome: RecordingEnd['outcome']): Promise<Written> {
    const written = await endLeftRecording({ ...this.#options, recording }, outcome);
    await this.#ledger.add({ recording, what: 'end', link: written.link, lines: written.lines });
    return written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the agent stops'));
    await this.#unended.over;
    await this.#sender.over;
  }
}

function linkOf({ written: { link, lines } }: RecordingFile) {
  return { link, lines };
}
