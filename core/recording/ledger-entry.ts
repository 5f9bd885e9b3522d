/**
 * The ledger of a device: an entry for each recording that began and each that ended, chained over all of them. Count and hash of
 * the newest stand in each signed status, so that a recording which is missing, whoever has lost it, shows.
 */
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { TowlineError } from '../errors.ts';
import { type Fields, fieldsOf, readFields } from '../json.ts';
import { isRecordingId } from './recording-id.ts';

export const maxEntryBytes = 4096;

export interface LedgerEntry {
  readonly fleet: string;
  readonly device: string;
  /** From 1. */
  readonly number: number;
  /** Hash of the entry before; of the first one empty. */
  readonly previous: string;
  readonly recording: string;
  readonly what: 'begin' | 'end';
  /** Of the recording then: its last link, and how many lines are links. */
  readonly link: string;
  readonly lines: number;
  /** Of the device's clock, since the epoch. */
  readonly timeMs: number;
}

export interface SignedEntry {
  readonly entry: LedgerEntry;
  readonly signature: string;
}

/** Where a ledger stands: what a status says. */
export interface LedgerHead {
  readonly count: number;
  /** Hash of the newest entry; empty where there is none. */
  readonly head: string;
}

export const noLedger: LedgerHead = Object.freeze({ count: 0, head: '' });

/** What is signed, in the namespace `towline-recording`. */
export function entryStatement(entry: LedgerEntry): string {
  return `${canonicalJson({ kind: 'towline-recording-ledger/v1', ...entry })}\n`;
}

export function entryHash(entry: LedgerEntry): string {
  return sha256(entryStatement(entry));
}

export function entryLine({ entry, signature }: SignedEntry): string {
  return JSON.stringify({ entry, signature });
}

/** @throws TowlineError SESSION_RECORDING_MALFORMED */
export function readEntryLine(line: string): SignedEntry {
  const found = line.length > maxEntryBytes ? undefined : signedEntryOf(line);
  if (found === undefined) {
    throw new TowlineError('SESSION_RECORDING_MALFORMED', `no entry of a ledger: ${line.slice(0, 40)}`);
  }
  return found;
}

function signedEntryOf(line: string): SignedEntry | undefined {
  let read: Fields;
  try {
    read = readFields(line);
  } catch {
    return undefined;
  }
  const { signature } = read;
  const { fleet, device, number, previous, recording, what, link, lines, timeMs } = fieldsOf(read.entry);
  if (typeof signature !== 'string' || typeof fleet !== 'string' || typeof device !== 'string')
    return undefined;
  if (typeof previous !== 'string' || typeof recording !== 'string' || typeof link !== 'string')
    return undefined;
  if (!isNumber(number) || number < 1 || !isNumber(lines) || !isNumber(timeMs)) return undefined;
  if ((what !== 'begin' && what !== 'end') || !isRecordingId(recording)) return undefined;
  return { entry: { fleet, device, number, previous, recording, what, link, lines, timeMs }, signature };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
