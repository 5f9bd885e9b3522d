/** Sends what is sealed while it can, and as long as something waits. */
import { open, rm } from 'node:fs/promises';
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { Ledger } from './ledger.ts';
import type { Outbox } from './outbox.ts';
import { recordingPath, type Written } from './recording-file.ts';

export interface SenderOptions {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
  /** Between two requests of a session that goes on, milliseconds; doubled for each that fails. */
  readonly paceMs: number;
}

/** In one request. */
const pieceBytes = 512 * 1024;
const longestWaitMs = 300_000;

interface Waiting {
  readonly written: () => Written;
  ended: boolean;
  /** Bytes that the gateway has; undefined: it was not asked since the agent began. */
  has: number | undefined;
}

export class RecordingSender {
  readonly #options: SenderOptions;
  readonly #waiting = new Map<string, Waiting>();
  /** The gateway has something else there: a person has to look. */
  readonly #refused = new Set<string>();
  #over: Promise<void> = Promise.resolve();
  #wake = Promise.withResolvers<void>();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get waiting(): { readonly recordings: number; readonly bytes: number } {
    const all = [...this.#waiting.values()];
    return {
      recordings: all.length,
      bytes: all.reduce((sum, { written, has = 0 }) => sum + written().bytes - has, 0),
    };
  }

  begins(recording: string, written: () => Written): void {
    this.#waiting.set(recording, { written, ended: false, has: undefined });
    this.wake();
  }

  ended(recording: string, written: Written): void {
    const has = this.#waiting.get(recording)?.has;
    this.#waiting.set(recording, { written: () => written, ended: true, has });
    this.wake();
  }

  wake(): void {
    this.#wake.resolve();
  }

  begin(signal: AbortSignal): void {
    this.#over = this.#run(signal);
  }

  /** Settled when it has stopped. */
  get over(): Promise<void> {
    return this.#over;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    const onAbort = () => this.wake();
    signal.addEventListener('abort', onAbort, { once: true });
    let failures = 0;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      try {
        await this.#sendAll(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const level = Number.isInteger(Math.log2(failures)) ? 'warn' : 'debug';
        const code = isTowlineError(error) ? error.code : undefined;
        log[level]({ code, error: messageOf(error), failures }, 'recordings wait to be sent');
      }
      const waitMs = Math.min(longestWaitMs, this.#options.paceMs * 2 ** Math.min(failures, 10));
      if (failures === 0) await this.#wake.promise;
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    await this.#sendLedger(signal);
    for (const [recording, waiting] of [...this.#waiting]) {
      if (!this.#refused.has(recording)) await this.#send(recording, waiting, signal);
    }
  }

  async #sendLedger(signal: AbortSignal): Promise<void> {
    const { ledger, outbox, log } = this.#options;
    if (ledger.unsent.length === 0) return;
    const sent = await outbox.sendLedger(ledger.unsent, signal);
    if (sent.kind === 'has') return await ledger.sent(sent.has.count);
    log.warn({}, 'the gateway’s copy of the ledger goes on otherwise: it is followed');
    await ledger.follow(await outbox.ledger(signal));
    const again = await outbox.sendLedger(ledger.unsent, signal);
    if (again.kind === 'has') await ledger.sent(again.has.count);
  }

  async #send(recording: string, waiting: Waiting, signal: AbortSignal): Promise<void> {
    const { folder, log } = this.#options;
    for (;;) {
      const { sealedBytes } = waiting.written();
      const from = waiting.has ?? 0;
      // The first request of a run asks, with nothing in it.
      const length = waiting.has === undefined ? 0 : Math.min(pieceBytes, sealedBytes - from);
      if (waiting.has !== undefined && length <= 0) break;
      const bytes =
        length === 0 ? Buffer.alloc(0) : await readAt(recordingPath(folder, recording), from, length);
      const sent = await this.#options.outbox.sendRecording(recording, { from, bytes }, signal);
      if (sent.kind === 'conflict' || sent.has > sealedBytes) {
        log.warn({ recording }, 'the gateway has something else for this recording');
        this.#refused.add(recording);
        return;
      }
      waiting.has = sent.has;
      // One that has lost some gets it again: at its pace, not as fast as the line is.
      if (length > 0 && sent.has <= from) throw new TowlineError('AGENT_ANSWER', 'the gateway takes nothing');
    }
    // Another entry may stand there by now: it has ended meanwhile.
    const now = this.#waiting.get(recording);
    if (now?.ended !== true || now.has === undefined || now.has < now.written().bytes) return;
    await rm(recordingPath(folder, recording), { force: true });
    this.#waiting.delete(recording);
  }
}

async function readAt(file: string, from: number, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
