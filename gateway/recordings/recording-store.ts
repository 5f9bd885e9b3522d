/**
 * Recordings as the gateway keeps them: a folder for each device, a file for each recording, all of it closed to the gateway.
 * Files grow and are removed when they are older than `keep`; to make room, none is.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { namesIn } from '../../core/io/file/durable-file.ts';
import type { LedgerHead } from '../../core/recording/ledger-entry.ts';
import { isRecordingId } from '../../core/recording/recording-id.ts';
import { type Appended, appendAt } from './appended-file.ts';
import { KeptLedger } from './kept-ledger.ts';

export interface RecordingKeep {
  readonly keepMs: number;
  readonly maxBytes: number;
  readonly maxBytesPerDevice: number;
}

/** Files of one device: small ones cost, too. */
const maxFiles = 20_000;
/** Of one recording; a device ends one long before. */
const maxRecordingBytes = 128 * 1024 * 1024;
const ledgerName = 'ledger';

interface Use {
  bytes: number;
  files: number;
}

export interface KeptRecording {
  readonly recording: string;
  readonly bytes: number;
}

export class RecordingStore {
  readonly #folder: string;
  readonly #keep: RecordingKeep;
  readonly #used = new Map<string, Use>();
  /** One at a time for each device. */
  readonly #last = new Map<string, Promise<unknown>>();

  static async open(folder: string, keep: RecordingKeep): Promise<RecordingStore> {
    const store = new RecordingStore(folder, keep);
    for (const device of await namesIn(folder)) await store.#count(device);
    return store;
  }

  private constructor(folder: string, keep: RecordingKeep) {
    this.#folder = folder;
    this.#keep = keep;
  }

  get bytes(): number {
    return [...this.#used.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get files(): number {
    return [...this.#used.values()].reduce((sum, { files }) => sum + files, 0);
  }

  /** @returns bytes of it that are here then @throws TowlineError GATEWAY_RECORDING_CONFLICT, GATEWAY_RECORDINGS_FULL */
  append(device: string, recording: string, piece: { from: number; bytes: Uint8Array }): Promise<number> {
    return this.#inTurn(device, async () => {
      const { from, bytes } = piece;
      if (from + bytes.length > maxRecordingBytes)
        throw new TowlineError('GATEWAY_RECORDING_MALFORMED', `a recording of ${from + bytes.length} bytes`);
      const file = this.#fileOf(device, recording);
      const isNew = (await stat(file).catch(() => undefined)) === undefined;
      // Asked for the first time: no file is made for an answer.
      if (isNew && (from > 0 || bytes.length === 0)) return 0;
      this.#checkRoom(device, bytes.length, isNew);
      const appended = await this.#appended(() => appendAt(file, from, bytes));
      if (appended.kind === 'conflict') {
        throw new TowlineError('GATEWAY_RECORDING_CONFLICT', `something else stands in ${recording}`);
      }
      this.#add(device, appended.added, isNew ? 1 : 0);
      return appended.bytes;
    });
  }

  /** @throws TowlineError GATEWAY_RECORDING_CONFLICT, GATEWAY_RECORDING_MALFORMED, GATEWAY_RECORDINGS_FULL */
  addEntries(device: string, lines: readonly string[]): Promise<LedgerHead> {
    return this.#inTurn(device, async () => {
      const { head, added } = await this.#appended(() => this.#ledgerOf(device).add(lines));
      this.#add(device, added, 0);
      return head;
    });
  }

  ledgerHead(device: string): Promise<LedgerHead> {
    return this.#inTurn(device, () => this.#ledgerOf(device).head());
  }

  ledger(device: string): Promise<readonly string[]> {
    return this.#inTurn(device, () => this.#ledgerOf(device).lines());
  }

  /** That have any. */
  async devices(): Promise<readonly string[]> {
    return (await namesIn(this.#folder)).sort();
  }

  /** Oldest first. */
  async names(device: string): Promise<readonly string[]> {
    return (await namesIn(path.join(this.#folder, device))).filter(isRecordingId).sort();
  }

  /** Oldest first. */
  async list(device: string): Promise<readonly KeptRecording[]> {
    const kept = (await this.names(device)).map(async recording => {
      const size = (await stat(this.#fileOf(device, recording)).catch(() => undefined))?.size;
      return size === undefined ? [] : [{ recording, bytes: size }];
    });
    return (await Promise.all(kept)).flat();
  }

  /** Undefined: there is none. */
  async find(device: string, recording: string): Promise<string | undefined> {
    if (!isRecordingId(recording)) return undefined;
    const file = this.#fileOf(device, recording);
    return (await stat(file).catch(() => undefined)) === undefined ? undefined : file;
  }

  /** Removes what has not grown since. @returns how many */
  async sweep(nowMs: number): Promise<number> {
    const beforeMs = nowMs - this.#keep.keepMs;
    let removed = 0;
    for (const device of await namesIn(this.#folder)) {
      removed += await this.#inTurn(device, async () => {
        let count = 0;
        for (const { recording } of await this.list(device)) {
          const file = this.#fileOf(device, recording);
          if ((await stat(file)).mtimeMs >= beforeMs) continue;
          await rm(file, { force: true });
          count += 1;
        }
        await this.#ledgerOf(device).trim(beforeMs);
        await this.#count(device);
        return count;
      });
    }
    return removed;
  }

  #checkRoom(device: string, bytes: number, isNew: boolean): void {
    const used = this.#used.get(device) ?? { bytes: 0, files: 0 };
    const { maxBytes, maxBytesPerDevice } = this.#keep;
    const isFull = used.bytes + bytes > maxBytesPerDevice || (isNew && used.files >= maxFiles);
    if (isFull) throw full(`as many recordings of ${device} are kept as of one device may be`);
    if (this.bytes + bytes > maxBytes) throw full('as many recordings are kept as may be');
  }

  async #appended<Result extends Appended | object>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw isDiskFull(error) ? full('the gateway’s disk is full', error) : error;
    }
  }

  #add(device: string, bytes: number, files: number): void {
    const used = this.#used.get(device) ?? { bytes: 0, files: 0 };
    this.#used.set(device, { bytes: used.bytes + bytes, files: used.files + files });
  }

  async #count(device: string): Promise<void> {
    const names = await readdir(path.join(this.#folder, device)).catch(() => []);
    const use: Use = { bytes: 0, files: names.length };
    for (const name of names) use.bytes += (await stat(path.join(this.#folder, device, name))).size;
    if (names.length === 0) this.#used.delete(device);
    else this.#used.set(device, use);
  }

  #fileOf(device: string, recording: string): string {
    return path.join(this.#folder, device, recording);
  }

  #ledgerOf(device: string): KeptLedger {
    return new KeptLedger(path.join(this.#folder, device, ledgerName));
  }

  #inTurn<Result>(device: string, work: () => Promise<Result>): Promise<Result> {
    const next = (this.#last.get(device) ?? Promise.resolve()).then(work);
    const settled = next.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(device, settled);
    settled.then(() => {
      if (this.#last.get(device) === settled) this.#last.delete(device);
    });
    return next;
  }
}

function full(why: string, cause?: unknown): TowlineError {
  return new TowlineError('GATEWAY_RECORDINGS_FULL', why, { cause, details: { retryAfterSec: 600 } });
}
