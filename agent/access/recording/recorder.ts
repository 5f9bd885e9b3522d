/**
 * Records one session: what it puts out becomes lines of an asciicast, these become chunks of the recording's file. Where
 * recording is required, output is told as taken when it is in the file, and not before.
 */
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { castHeader, castOutput, castResize } from '../../../core/recording/asciicast.ts';
import { chunkTexts } from '../../../core/recording/chunk-texts.ts';
import type { RecordingEnd } from '../../../core/recording/recording-chain.ts';
import type { RecordedSession } from './recorded-session.ts';
import type { RecordingFile } from './recording-file.ts';

/** Of output in one event: as JSON it is six times as long at the most. */
const eventBytes = 8 * 1024;
/** Sealed, which is synced and signed, so often, milliseconds; and after so many bytes. */
const [sealMs, sealBytes] = [1000, 256 * 1024];
/** Of lines that wait while the disk is busy: the session waits for it then, whatever `record` is. */
const mostWaitingBytes = 512 * 1024;
const usualSize = { columns: 80, rows: 24 };

export interface RecorderOptions {
  readonly file: RecordingFile;
  readonly start: RecordedSession;
  readonly device: string;
  readonly required: boolean;
  readonly maxBytes: number;
  readonly maxMs: number;
  readonly clock: Clock;
  /** What is sealed may be sent. */
  readonly onSealed: () => void;
  /** No more is recorded, and why; once. */
  readonly onFailure: (error: TowlineError) => void;
  /** Its file has its last seal. */
  readonly onEnd: () => Promise<void>;
  /** It is over, and its end stands nowhere yet: a full disk. */
  readonly onUnended: () => void;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #beganMs: number;
  readonly #text = new TextDecoder();
  readonly #stop = new AbortController();
  #waiting: string[] = [];
  #waitingBytes = 0;
  #queued: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #sealedAt: number;
  #sealing: Promise<void> | undefined;
  #failure: TowlineError | undefined;
  #over = false;

  private constructor(options: RecorderOptions) {
    this.#options = options;
    this.#beganMs = options.clock.monotonic();
    this.#sealedAt = options.file.written.bytes;
  }

  /** @throws TowlineError RECORDING_NOT_KEPT */
  static async begin(options: RecorderOptions): Promise<Recorder> {
    const recorder = new Recorder(options);
    const { start, device } = options;
    const { columns, rows } = start.terminal ?? usualSize;
    const title = `${start.app}.${start.service} on ${device}, ${start.operator}`;
    const { startedMs, command } = start;
    const term = start.terminal?.term;
    const more = { ...(command === undefined ? {} : { command }), ...(term === undefined ? {} : { term }) };
    try {
      await recorder.#put([castHeader({ startedMs, columns, rows, title, ...more })]);
      return recorder;
    } catch (error) {
      await recorder.#end({ outcome: 'unkept' }).catch(() => undefined);
      throw error;
    }
  }

  /** Bytes of its file. */
  get bytes(): number {
    return this.#options.file.written.bytes;
  }

  output(bytes: Uint8Array): void | Promise<void> {
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += eventBytes) {
      const text = this.#text.decode(bytes.subarray(at, at + eventBytes), { stream: true });
      if (text !== '') lines.push(castOutput(this.#atMs(), text));
    }
    return this.#told(lines);
  }

  resized(columns: number, rows: number): void {
    this.#told([castResize(this.#atMs(), columns, rows)])?.catch(() => undefined);
  }

  async ended(end: { readonly exitCode?: number }): Promise<void> {
    const rest = this.#text.decode();
    if (rest !== '') this.#told([castOutput(this.#atMs(), rest)])?.catch(() => undefined);
    const { exitCode } = end;
    await this.#end({
      outcome: 'ended',
      ...(exitCode === undefined ? {} : { exitCode }),
      durationMs: Math.round(this.#atMs()),
    });
  }

  /** A promise where the session has to wait. */
  #told(lines: readonly string[]): Promise<void> | undefined {
    const { required } = this.#options;
    if (this.#failure !== undefined) return required ? Promise.reject(this.#failure) : undefined;
    if (this.#over || lines.length === 0) return undefined;
    const put = this.#put(lines);
    if (required) return put;
    // What has failed was told by `onFailure`: the session goes on.
    const heard = put.catch(() => undefined);
    return this.#waitingBytes > mostWaitingBytes ? heard : undefined;
  }

  #put(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.#waiting.push(`${line}\n`);
      this.#waitingBytes += line.length + 1;
    }
    // What comes while the disk is busy is written at once, together.
    this.#queued ??= this.#inTurn(() => {
      this.#queued = undefined;
      return this.#write();
    });
    return this.#queued;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#last.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        await work();
      } catch (error) {
        throw this.#failed(error);
      }
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #write(): Promise<void> {
    const { file, maxBytes, maxMs } = this.#options;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#atMs() > maxMs) throw tooMuch('it has gone on for as long as one may');
    for (const text of chunkTexts(lines)) {
      if (file.written.bytes > maxBytes) throw tooMuch(`it has ${file.written.bytes} bytes`);
      await file.append(text);
    }
    if (file.written.bytes - this.#sealedAt > sealBytes) await this.#seal();
    else this.#sealing ??= this.#sealSoon();
  }

  async #sealSoon(): Promise<void> {
    await this.#options.clock.sleep(sealMs, this.#stop.signal).catch(() => undefined);
    this.#sealing = undefined;
    if (!this.#over) await this.#inTurn(() => this.#seal()).catch(() => undefined);
  }

  async #seal(end?: RecordingEnd): Promise<void> {
    const { file, onSealed } = this.#options;
    if (end === undefined && file.written.sealedBytes === file.written.bytes) return;
    await file.seal(end);
    this.#sealedAt = file.written.bytes;
    onSealed();
  }

  #failed(error: unknown): TowlineError {
    if (this.#failure !== undefined) return this.#failure;
    const failure = isTowlineError(error)
      ? error
      : new TowlineError('RECORDING_NOT_KEPT', `the recording cannot be kept: ${messageOf(error)}`, {
          cause: error,
        });
    this.#failure = failure;
    this.#options.onFailure(failure);
    return failure;
  }

  /** Once; what has been kept until then is sealed also where no more can be. */
  async #end(end: RecordingEnd): Promise<void> {
    if (this.#over) return;
    // Nothing is added from here on: what is on its way is awaited, and nothing is written beside the seal.
    this.#over = true;
    this.#stop.abort();
    await this.#last;
    const { file, onEnd, onSealed, onUnended } = this.#options;
    const said: RecordingEnd = this.#failure === undefined ? end : { ...end, outcome: 'unkept' };
    let isEnded = false;
    try {
      await file.seal(said);
      onSealed();
      await onEnd();
      isEnded = true;
    } catch (error) {
      throw this.#failed(error);
    } finally {
      await file.close();
      if (!isEnded) onUnended();
    }
  }

  #atMs(): number {
    return this.#options.clock.monotonic() - this.#beganMs;
  }
}

function tooMuch(why: string): TowlineError {
  return new TowlineError('RECORDING_TOO_MUCH', `no more of this session can be recorded: ${why}`);
}
