/**
 * Which conditions are open and what else is remembered of what was said, on the disk: a restart or a kill says nothing twice
 * and loses nothing. What changes is written first, then handed to each listener, in order.
 */
import path from 'node:path';
import { Journal } from '../../core/io/file/journal.ts';
import type { Log } from '../../core/log.ts';
import { type LedgerLine, readLedgerLine } from './ledger-line.ts';
import type { ConditionKey, NumberedTransition, Transition } from './transition.ts';

export interface Change {
  /** What is open already, and what is resolved and was not open, is left out. */
  readonly transitions: readonly Transition[];
  /** What a source remembers; undefined: no more. Written with the transitions, or not at all. */
  readonly facts?: readonly (readonly [string, string | undefined])[];
}

/** Of ten thousand devices with five conditions each, and as many facts. */
const maxBytes = 256 * 1024 * 1024;
/** Beyond what is kept: then it is written anew. */
const spareBytes = 4 * 1024 * 1024;
/** That wait for a listener; a listener that never takes them loses the oldest. */
const maxWaiting = 100_000;

export class TransitionLedger {
  readonly #journal: Journal;
  readonly #open = new Map<string, NumberedTransition>();
  /** Names of its open conditions, by device. */
  readonly #ofDevice = new Map<string, Set<string>>();
  readonly #facts = new Map<string, string>();
  /** The oldest first, without a gap. */
  #waiting: NumberedTransition[] = [];
  /** There was none, or it is lost. */
  readonly isNew: boolean;
  #last = 0;
  #keptBytes = 0;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #onNoted = new Set<() => void>();
  /** Transitions since the start. */
  noted = 0;

  /** @param heard the newest number that anybody has heard of: where the file was lost, numbers go on behind it */
  static async open(folder: string, log: Log, heard = 0): Promise<TransitionLedger> {
    const { journal, entries, damaged } = await Journal.open(path.join(folder, 'ledger'), maxBytes);
    if (damaged > 0) log.warn({ damaged }, 'lines of the ledger of transitions are damaged');
    const ledger = new TransitionLedger(journal, entries.map(readLedgerLine));
    ledger.#last = Math.max(ledger.#last, heard);
    await ledger.#rewrite();
    return ledger;
  }

  private constructor(journal: Journal, lines: readonly (LedgerLine | undefined)[]) {
    this.#journal = journal;
    this.isNew = lines.length === 0;
    for (const line of lines) if (line !== undefined) this.#read(line);
    this.#waiting.sort((one, other) => one.number - other.number);
  }

  /** Number of the newest. */
  get last(): number {
    return this.#last;
  }

  /** Undefined: it is not open. */
  condition({ type, subject }: Pick<ConditionKey, 'type' | 'subject'>): NumberedTransition | undefined {
    return this.#open.get(`${type} ${subject}`);
  }

  /** It is open, or a transition of it after that one is still handed out. */
  knows(key: Pick<ConditionKey, 'type' | 'subject'>, after: number): boolean {
    const isIt = ({ key: { type, subject }, number }: NumberedTransition) =>
      number > after && type === key.type && subject === key.subject;
    return this.condition(key) !== undefined || this.#waiting.some(isIt);
  }

  get conditions(): Iterable<NumberedTransition> {
    return this.#open.values();
  }

  /** Those that are open of one device. */
  conditionsOf(device: string): readonly NumberedTransition[] {
    return [...(this.#ofDevice.get(device) ?? [])].flatMap(name => this.#open.get(name) ?? []);
  }

  get openCount(): number {
    return this.#open.size;
  }

  fact(name: string): string | undefined {
    return this.#facts.get(name);
  }

  factsOf(prefix: string): string[] {
    return [...this.#facts.keys()].filter(name => name.startsWith(prefix));
  }

  /** Those after a number, the oldest first. Of one that was never handed out they are there since the start. */
  after(number: number, most: number): readonly NumberedTransition[] {
    const first = this.#waiting.findIndex(each => each.number > number);
    return first < 0 ? [] : this.#waiting.slice(first, first + most);
  }

  /** Everybody has them up to here. */
  passed(number: number): void {
    this.#waiting = this.#waiting.filter(each => each.number > number);
  }

  /** @returns a function that ends it */
  onNoted(listener: () => void): () => void {
    this.#onNoted.add(listener);
    return () => this.#onNoted.delete(listener);
  }

  /** When it resolves it is on the disk. @throws what the disk throws: then nothing has changed */
  note(change: Change): Promise<void> {
    const noted = this.#turn.then(() => this.#note(change));
    this.#turn = noted.catch(() => undefined);
    return noted;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#journal.close();
  }

  async #note({ transitions, facts = [] }: Change): Promise<void> {
    const fresh = new Map<string, boolean>();
    const lines: LedgerLine[] = [];
    for (const transition of transitions) {
      const { key, state } = transition;
      const name = `${key.type} ${key.subject}`;
      const isOpen = fresh.get(name) ?? this.#open.has(name);
      if (state === (isOpen ? 'open' : 'resolved')) continue;
      if (state !== 'happened') fresh.set(name, state === 'open');
      lines.push({ transition: { ...transition, number: this.#last + lines.length + 1 } });
    }
    const added = lines.length;
    for (const [name, value] of facts)
      if (this.#facts.get(name) !== value) lines.push({ fact: name, value: value ?? null });
    if (lines.length === 0) return;
    await this.#journal.append(lines);
    for (const line of lines) this.#read(line);
    this.noted += added;
    if (this.#journal.bytes > 2 * this.#keptBytes + spareBytes) await this.#rewrite();
    if (added > 0) for (const listener of this.#onNoted) listener();
  }

  #read(line: LedgerLine): void {
    if ('last' in line) this.#last = Math.max(this.#last, line.last);
    else if ('fact' in line) {
      if (line.value === null) this.#facts.delete(line.fact);
      else this.#facts.set(line.fact, line.value);
    } else {
      const { transition, old } = line;
      const name = `${transition.key.type} ${transition.key.subject}`;
      this.#last = Math.max(this.#last, transition.number);
      this.#set(name, transition);
      if (old === true) return;
      this.#waiting.push(transition);
      if (this.#waiting.length > maxWaiting) this.#waiting.shift();
    }
  }

  #set(name: string, transition: NumberedTransition): void {
    const { state, device } = transition;
    if (state === 'happened') return;
    const ofDevice = (device === undefined ? undefined : this.#ofDevice.get(device)) ?? new Set<string>();
    if (state === 'open') this.#open.set(name, transition);
    else this.#open.delete(name);
    if (device === undefined) return;
    if (state === 'open') ofDevice.add(name);
    else ofDevice.delete(name);
    if (ofDevice.size === 0) this.#ofDevice.delete(device);
    else this.#ofDevice.set(device, ofDevice);
  }

  async #rewrite(): Promise<void> {
    const waiting = new Set(this.#waiting.map(({ number }) => number));
    const old = [...this.#open.values()].filter(({ number }) => !waiting.has(number));
    const lines: LedgerLine[] = [
      { last: this.#last },
      ...[...this.#facts].map(([fact, value]) => ({ fact, value })),
      ...old.map(transition => ({ transition, old: true })),
      ...this.#waiting.map(transition => ({ transition })),
    ];
    await this.#journal.rewrite(lines);
    this.#keptBytes = this.#journal.bytes;
  }
}
