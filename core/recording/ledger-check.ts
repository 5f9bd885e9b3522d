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

export interface LedgerQuestion {
  readonly fleet: string;
  readonly device: string;
  /** Lines as the gateway has them: the oldest may be gone by its `keep`. */
  readonly lines: readonly string[];
  /** Of signed statuses, in any order. */
  readonly heads: readonly LedgerHead[];
  readonly seals: DeviceSeals;
}

/** What a recording is by the ledger. */
export interface LedgerRecording {
  readonly recording: string;
  /** Absent: the entry is not kept any more. */
  readonly begin?: LedgerEntry;
  /** Absent: it goes on. */
  readonly end?: LedgerEntry;
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
  for (const line of lines) {
    const { entry, signature } = readEntryLine(line);
    if (entry.fleet !== fleet || entry.device !== device) {
      throw new TowlineError('SESSION_RECORDING_FOREIGN', `an entry of the ledger of ${entry.device}`);
    }
    seals.check(`entry ${entry.number} of the ledger`, entryStatement(entry), signature);
    follow(last, entry);
    hashes.set(entry.number, entryHash(entry));
    const { begin, end } = recordings.get(entry.recording) ?? {};
    if ((entry.what === 'begin' ? (begin ?? end) : end) !== undefined)
      throw new TowlineError('SESSION_RECORDING_FORGED', `the ledger names ${entry.recording} twice`);
    const before = { ...(begin && { begin }), ...(end && { end }) };
    recordings.set(entry.recording, { ...before, recording: entry.recording, [entry.what]: entry });
    last = entry;
  }
  const count = last?.number ?? 0;
  for (const said of heads) compare(said, hashes, count);
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
