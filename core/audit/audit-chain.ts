/** The chain, entry by entry: what does not follow is named, and what stands behind it is looked at all the same. */
import { type ErrorCode, isTowlineError } from '../errors.ts';
import { type AuditEntry, type ChainPlace, readEntryLine } from './audit-entry.ts';

export interface AuditFault {
  readonly code: ErrorCode;
  /** Number of the entry at which it shows. */
  readonly seq?: number;
  /** File and line, or commit. */
  readonly where: string;
  readonly message: string;
}

/** More are counted, not held. */
const maxFaults = 50;

export class AuditFaults {
  readonly found: AuditFault[] = [];
  /** All of them. */
  count = 0;

  add(fault: AuditFault): void {
    this.count += 1;
    if (this.found.length < maxFaults) this.found.push(fault);
  }

  /** @param at what of it is known; of anything but a refusal of ours it is thrown on */
  take(error: unknown, at: Pick<AuditFault, 'seq' | 'where'>): void {
    if (!isTowlineError(error)) throw error;
    this.add({ ...at, code: error.code, message: error.message });
  }
}

export class AuditChain {
  readonly #faults: AuditFaults;
  #at: ChainPlace;

  /** @param base what the first entry follows */
  constructor(base: ChainPlace, faults: AuditFaults) {
    this.#at = base;
    this.#faults = faults;
  }

  /** Of the newest entry. */
  get at(): ChainPlace {
    return this.#at;
  }

  /** @returns undefined: it is no entry */
  add(line: string, where: string): (ChainPlace & { readonly entry: AuditEntry }) | undefined {
    let read: ReturnType<typeof readEntryLine>;
    try {
      read = readEntryLine(line);
    } catch (error) {
      this.#faults.take(error, { where });
      return undefined;
    }
    const { entry, hash } = read;
    this.#follow(entry, where);
    this.#at = { seq: entry.seq, hash };
    return { seq: entry.seq, hash, entry };
  }

  #follow({ seq, prev }: AuditEntry, where: string): void {
    const before = this.#at;
    const fault = (code: ErrorCode, message: string) => this.#faults.add({ code, seq, where, message });
    if (seq > before.seq + 1) {
      const count = seq - before.seq - 1;
      const which =
        count === 1 ? `entry ${before.seq + 1} is` : `entries ${before.seq + 1} to ${seq - 1} are`;
      fault('AUDIT_MISSING', `${which} missing`);
    } else if (seq <= before.seq) fault('AUDIT_REORDERED', `entry ${seq} stands behind entry ${before.seq}`);
    else if (prev !== before.hash) {
      const what =
        before.seq === 0 ? 'the beginning of a log of this fleet' : `entry ${before.seq} as it stands here`;
      fault('AUDIT_CHANGED', `entry ${seq} was not made for ${what}`);
    }
  }
}
