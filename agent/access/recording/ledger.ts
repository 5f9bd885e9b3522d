/** The device's ledger: what it has begun and ended to record. Durable before anybody is told. */
import type { CheckedFile } from '../../../core/io/file/checked-file.ts';
import type { SshKey } from '../../../core/io/openssh-key.ts';
import { sshSignature } from '../../../core/io/ssh/ssh-sign.ts';
import { recordingNamespace } from '../../../core/recording/device-seals.ts';
import {
  entryHash,
  entryLine,
  entryStatement,
  type LedgerEntry,
  type LedgerHead,
  noLedger,
  readEntryLine,
} from '../../../core/recording/ledger-entry.ts';
import { type LedgerState, ledgerFile } from './ledger-state.ts';

export interface LedgerOptions {
  readonly file: string;
  readonly fleet: string;
  readonly device: string;
  readonly signer: SshKey;
  readonly nowMs: () => number;
}

export type Said = Pick<LedgerEntry, 'recording' | 'what' | 'link' | 'lines'>;

export class Ledger {
  readonly #options: LedgerOptions;
  readonly #file: CheckedFile<LedgerState>;
  #state: LedgerState;
  /** It is not known how far it goes: the device is new, or its file is lost. The gateway is asked once. */
  #isNew: boolean;
  #last: Promise<unknown> = Promise.resolve();

  static async open(options: LedgerOptions): Promise<Ledger> {
    const file = ledgerFile(options.file);
    const found = await file.read();
    const fresh = { ...noLedger, open: [], unsent: [] };
    return new Ledger(options, file, found.kind === 'value' ? found.value : fresh, found.kind !== 'value');
  }

  private constructor(
    options: LedgerOptions,
    file: CheckedFile<LedgerState>,
    state: LedgerState,
    isNew: boolean,
  ) {
    this.#options = options;
    this.#file = file;
    this.#state = state;
    this.#isNew = isNew;
  }

  get head(): LedgerHead {
    const { count, head } = this.#state;
    return { count, head };
  }

  get isNew(): boolean {
    return this.#isNew;
  }

  /** Recordings that have begun and not ended. */
  get open(): readonly string[] {
    return this.#state.open;
  }

  /** Lines that the gateway has not acknowledged, oldest first. */
  get unsent(): readonly string[] {
    return this.#state.unsent;
  }

  /** On the disk when it resolves. @throws what the file system throws: then it does not stand there */
  add(said: Said): Promise<void> {
    return this.#inTurn(async () => {
      const { open } = this.#state;
      const { recording, what } = said;
      const others = open.filter(one => one !== recording);
      const next = what === 'begin' ? [...others, recording] : others;
      await this.#write(this.#with({ ...this.#state, open: next }, said, this.#options.nowMs()));
    });
  }

  /** The gateway has these, and all before them. */
  sent(count: number): Promise<void> {
    return this.#inTurn(async () => {
      const unsent = this.#state.unsent.filter(line => readEntryLine(line).entry.number > count);
      if (unsent.length < this.#state.unsent.length) await this.#write({ ...this.#state, unsent });
    });
  }

  /**
   * What the gateway has is where it goes on: entries that it has not got follow there. Where that is not what this device had
   * signed before, its earlier statuses say so.
   */
  follow(from: LedgerHead): Promise<void> {
    return this.#inTurn(async () => {
      let state: LedgerState = { ...this.#state, ...from, unsent: [] };
      for (const line of this.#state.unsent) {
        const { entry } = readEntryLine(line);
        state = this.#with(state, entry, entry.timeMs);
      }
      await this.#write(state);
      this.#isNew = false;
    });
  }

  #with(state: LedgerState, { recording, what, link, lines }: Said, timeMs: number): LedgerState {
    const { fleet, device, signer } = this.#options;
    const place = { fleet, device, number: state.count + 1, previous: state.head };
    const entry: LedgerEntry = { ...place, recording, what, link, lines, timeMs: Math.floor(timeMs) };
    const signature = sshSignature(signer, recordingNamespace, Buffer.from(entryStatement(entry)));
    const unsent = [...state.unsent, entryLine({ entry, signature })];
    return { ...state, count: entry.number, head: entryHash(entry), unsent };
  }

  async #write(state: LedgerState): Promise<void> {
    await this.#file.write(state);
    this.#state = state;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
