/** One recorded session as a list has it: of its ledger, and of the first line that is kept. */
import { timeWord } from '../time-word.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { type RecordingHead, readRecordingLine } from './recording-line.ts';

export interface RecordedRow {
  readonly device: string;
  readonly recording: string;
  readonly operator: string;
  /** `app.service` */
  readonly service: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** Absent: it goes on, or its device was lost. */
  readonly seconds?: number;
  readonly bytes: number;
  /** `gone`: the ledger names it, and the gateway does not have it (any more). */
  readonly state: 'ended' | 'open' | 'gone';
}

export interface RecordedFacts {
  readonly device: string;
  readonly recording: string;
  readonly begin?: Pick<LedgerEntry, 'timeMs'> | undefined;
  readonly end?: Pick<LedgerEntry, 'timeMs'> | undefined;
  /** What is kept of it. */
  readonly kept: { readonly bytes: number; readonly head: string } | undefined;
}

export function recordedRow({ device, recording, begin, end, kept }: RecordedFacts): RecordedRow {
  const head = kept === undefined ? undefined : headOf(kept.head);
  const startedMs = begin?.timeMs ?? head?.startedMs ?? 0;
  return {
    ...{ device, recording },
    operator: head?.operator ?? '',
    service: head === undefined ? '' : `${head.app}.${head.service}`,
    started: timeWord(startedMs),
    ...(end === undefined ? {} : { seconds: Math.round((end.timeMs - startedMs) / 1000) }),
    bytes: kept?.bytes ?? 0,
    state: kept === undefined ? 'gone' : end === undefined ? 'open' : 'ended',
  };
}

/** What the gateway shows as its first line: `towline session verify` says whether it is the device's. */
function headOf(line: string): RecordingHead | undefined {
  try {
    const read = readRecordingLine(line);
    return read.kind === 'head' ? read.head : undefined;
  } catch {
    return undefined;
  }
}
