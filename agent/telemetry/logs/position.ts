/** How far the log of one container has been read. */
import { fieldsOf } from '../../../core/json.ts';
import type { DayUse } from '../../../core/telemetry/lines/line-limit.ts';

/** A place in a file of the engine's, behind an entry. */
export interface FilePlace {
  readonly inode: number;
  readonly offset: number;
}

export interface LogPosition {
  /** Of the last entry that was read; '' in front of the first one. */
  readonly time: string;
  /** So many entries of that very time were. */
  readonly seen: number;
  /** Greatest time that was read, where it is not the last: two streams, or a clock that was put back. */
  readonly high?: string | undefined;
  /** Number of the next line: `device/container/sequence` names a record for ever. */
  readonly sequence: number;
  /** The same place in the engine's file, where it is read from there. */
  readonly file?: FilePlace | undefined;
  /** What its day of text has come to. */
  readonly used?: DayUse | undefined;
  /** That its log cannot be read has been said. */
  readonly told?: true | undefined;
  /** Its log stays at home; nothing that was said meanwhile is ever read. Its numbers go on. */
  readonly silent?: true | undefined;
}

export const beginning: LogPosition = { time: '', seen: 0, sequence: 0 };

/** Container → position. */
export type LogPositions = Readonly<Record<string, LogPosition>>;

export interface Positions {
  /** Containers that were made later are read from their beginning, milliseconds since the epoch. */
  readonly beganMs: number;
  readonly containers: LogPositions;
}

/** @returns undefined: not what was written */
export function parsePositions(json: unknown): Positions | undefined {
  const { beganMs, containers } = fieldsOf(json);
  if (!isCount(beganMs)) return undefined;
  const read: Record<string, LogPosition> = {};
  for (const [id, value] of Object.entries(fieldsOf(containers))) {
    const position = positionIn(value);
    if (position === undefined || !isContainerId(id)) return undefined;
    read[id] = position;
  }
  return { beganMs, containers: read };
}

export function isContainerId(word: string): boolean {
  return /^[0-9a-f]{12,64}$/.test(word);
}

/** @returns undefined: not what was written */
export function positionIn(value: unknown): LogPosition | undefined {
  const { time, seen, high, sequence, file, used, told, silent } = fieldsOf(value);
  if (!isTime(time) || !isCount(seen) || !isCount(sequence)) return undefined;
  const { inode, offset } = fieldsOf(file);
  const { day, bytes } = fieldsOf(used);
  return {
    ...{ time, seen, sequence },
    ...(isTime(high) && high !== '' ? { high } : {}),
    ...(isCount(inode) && isCount(offset) ? { file: { inode, offset } } : {}),
    ...(typeof day === 'string' && isCount(bytes) ? { used: { day, bytes } } : {}),
    ...(told === true ? { told } : {}),
    ...(silent === true ? { silent } : {}),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTime(value: unknown): value is string {
  return (
    typeof value === 'string' && (value === '' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(value))
  );
}
