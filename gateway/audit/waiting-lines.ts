/** Entries between the moment that they are told and the commit that has them: their places in the chain, on the disk by the spool. */
import {
  type AuditFacts,
  type ChainPlace,
  chainedLine,
  readEntryLine,
} from '../../core/audit/audit-entry.ts';
import type { WaitingLine } from './audit-branch.ts';
import type { AuditSpool } from './audit-spool.ts';

interface Read extends WaitingLine {
  readonly facts: AuditFacts;
}

/** What is told while nobody knows what it follows: behind any number that a log has. */
const unplaced: ChainPlace = { seq: 100_000_000_000_000, hash: '0'.repeat(64) };

export class WaitingLines {
  readonly #spool: AuditSpool;
  #at: ChainPlace;
  #lines: WaitingLine[] = [];
  #transition: number | undefined;

  /** Takes up what a gateway that ended has left: before `follow` it is not known what of it is committed. */
  constructor({ spool, lines }: { readonly spool: AuditSpool; readonly lines: readonly string[] }) {
    this.#spool = spool;
    this.#at = unplaced;
    for (const line of lines.flatMap(readLine)) this.#push(line, line.facts.transition);
    this.#at = { ...this.#at, seq: Math.max(this.#at.seq, unplaced.seq) };
  }

  /**
   * From now on they follow this place.
   * @param head of what is committed
   * @param told number of the newest transition among what is committed
   * @returns how many follow another one: they got a new number, since the repository is not the one that it was, or was not read
   * @throws what the disk throws: then it has to be called again
   */
  async follow(head: ChainPlace, told = 0): Promise<number> {
    const lines = this.#lines;
    this.#lines = [];
    this.#at = head;
    this.#transition = undefined;
    const { astray, isPure } = this.#takeUp(lines.flatMap(({ line }) => readLine(line)));
    if (isPure && !this.#spool.isReplacing) return 0;
    const missing = astray.filter(({ transition = told + 1 }) => transition > told);
    for (const facts of missing) {
      const next = chainedLine(this.#at, facts);
      this.#push({ ...next, timeMs: Date.parse(facts.time) }, facts.transition);
    }
    await this.#spool.replace(this.#lines);
    return missing.length;
  }

  get count(): number {
    return this.#lines.length;
  }

  /** Number of the newest transition among them. */
  get transition(): number | undefined {
    return this.#transition;
  }

  /** When it returns, it outlives the process. @throws what the disk throws: then it has no place, and is told by nobody */
  add(facts: AuditFacts): void {
    const next = chainedLine(this.#at, facts);
    this.#spool.append(next.seq, next.line);
    this.#push({ ...next, timeMs: Date.parse(facts.time) }, facts.transition);
  }

  /** The oldest so many. */
  first(most: number): readonly WaitingLine[] {
    return this.#lines.slice(0, most);
  }

  /** They are committed. */
  async committed(lines: readonly WaitingLine[]): Promise<void> {
    this.#lines = this.#lines.slice(lines.length);
    await this.#spool.drop(lines.at(-1)?.seq ?? 0);
  }

  #push(line: WaitingLine, transition: number | undefined): void {
    this.#lines.push(line);
    this.#at = { seq: line.seq, hash: line.hash };
    this.#transition = Math.max(transition ?? 0, this.#transition ?? 0) || undefined;
  }

  /** @returns facts of what does not follow, and whether nothing stands there but what does, or is committed */
  #takeUp(read: readonly Read[]): { readonly astray: AuditFacts[]; readonly isPure: boolean } {
    const isNext = ({ seq, facts }: Read) => seq === this.#at.seq + 1 && prevOf(facts) === this.#at.hash;
    const committed = this.#at.seq;
    // What was written anew, before it came to removing the older files, stands behind them.
    const begins = Math.max(0, read.findIndex(isNext));
    const astray: AuditFacts[] = [];
    for (const line of read.slice(begins)) {
      if (isNext(line)) this.#push(line, line.facts.transition);
      else if (line.seq > committed) astray.push(line.facts);
    }
    const isOld = read.slice(0, begins).some(({ seq }) => seq > committed);
    return { astray, isPure: astray.length === 0 && !isOld };
  }
}

function readLine(line: string): Read[] {
  try {
    const { entry, hash } = readEntryLine(line);
    return [{ seq: entry.seq, hash, line, timeMs: Date.parse(entry.time), facts: entry }];
  } catch {
    // A disk that lost it: what follows has another one before it, and gets a new place.
    return [];
  }
}

function prevOf(facts: AuditFacts): unknown {
  return 'prev' in facts ? facts.prev : undefined;
}
