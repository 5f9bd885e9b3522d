/** The ledger of a device against what its signed statuses say of it. */
import { TowlineError } from '../errors.ts';
import type { DeviceSeals } from './device-seals.ts';
import {
  entryHash,
  entryStatement,
  type LedgerEntry,
  type LedgerHead,
  readEntryLine,
} from './ledger-entry.ts';

/** What a signed status has said. */
export interface SaidHead extends LedgerHead {
  /** Place of the key that has signed it. */
  readonly place: number;
}

export interface LedgerQuestion {
  readonly fleet: string;
  readonly device: string;
  /** Lines as the gateway has them: the oldest may be gone by its `keep`. */
  readonly lines: readonly string[];
  /** Of signed statuses, in any order. */
  readonly heads: readonly SaidHead[];
  readonly seals: DeviceSeals;
}

/** What a recording is by the ledger. */
export interface LedgerRecording {
  readonly recording: string;
  /** Absent: the entry is not kept any more. */
  readonly begin?: LedgerEntry;
  /** Absent: it goes on. */
  readonly end?: LedgerEntry;
  /** Of the key that has signed its begin; its end may be by a newer one. */
  readonly place: number;
}

export interface CheckedLedger {
  readonly recordings: ReadonlyMap<string, LedgerRecording>;
  /** Entries before the first one that is there. */
  readonly gone: number;
  readonly count: number;
}

/** @throws TowlineError SESSION_LEDGER_SHORT, SESSION_LEDGER_OTHER, SESSION_RECORDING_… */
export function checkLedger({ fleet, device, lines, heads, seals }: LedgerQuestion): CheckedLedger {
  const recordings = new Map<string, LedgerRecording>();
  const hashes = new Map<number, string>();
  let last: LedgerEntry | undefined;
  let place = 0;
  const said = heads.toSorted((one, other) => one.count - other.count);
  let at = 0;
  for (const line of lines) {
    const { entry, signature } = readEntryLine(line);
    if (entry.fleet !== fleet || entry.device !== device) {
      throw new TowlineError('SESSION_RECORDING_FOREIGN', `an entry of the ledger of ${entry.device}`);
    }
    // What came behind something that a key has said is not by an older one.
    for (let head = said[at]; head !== undefined && head.count < entry.number; head = said[at]) {
      place = Math.max(place, head.place);
      at += 1;
    }
    place = seals.check(`entry ${entry.number} of the ledger`, entryStatement(entry), signature, place);
    follow(last, entry);
    hashes.set(entry.number, entryHash(entry));
    const known = recordings.get(entry.recording);
    if ((entry.what === 'begin' ? known : known?.end) !== undefined)
      throw new TowlineError('SESSION_RECORDING_FORGED', `the ledger names ${entry.recording} twice`);
    const { recording, what } = entry;
    const from = what === 'begin' ? place : (known?.place ?? 0);
    recordings.set(recording, { ...known, recording, place: from, [what]: entry });
    last = entry;
  }
  const count = last?.number ?? 0;
  for (const head of heads) compare(head, hashes, count);
  return { recordings, count, gone: count - hashes.size };
}

function follow(last: LedgerEntry | undefined, entry: LedgerEntry): void {
  if (last === undefined) {
    if (entry.number === 1 && entry.previous !== '')
      throw new TowlineError('SESSION_RECORDING_FORGED', 'the first entry of the ledger follows another');
    return;
  }
  if (entry.number !== last.number + 1) {
    const message = `entry ${entry.number} of the ledger follows ${last.number}`;
    throw new TowlineError('SESSION_RECORDING_REORDERED', message);
  }
  if (entry.previous !== entryHash(last)) {
    const message = `entry ${entry.number} of the ledger was made for another one before it`;
    throw new TowlineError('SESSION_RECORDING_FORGED', message);
  }
}

/** One that is older than what is kept cannot be compared; it was, while it was there. */
function compare({ count, head }: LedgerHead, hashes: ReadonlyMap<number, string>, newest: number): void {
  if (count === 0) return;
  if (count > newest) {
    const message = `the device has signed that it has ${count} entries, and the gateway has ${newest}`;
    throw new TowlineError('SESSION_LEDGER_SHORT', message);
  }
  const hash = hashes.get(count);
  if (hash === undefined || hash === head) return;
  throw new TowlineError(
    'SESSION_LEDGER_OTHER',
    `entry ${count} is not the one that the device has signed in its status`,
  );
}
