/** One record of a log as it is shown: who, when, what. */

import type { CommitPiece } from '../commit-records.ts';
import { type GapReason, type Level, levels } from '../record/record.ts';

/** Of one device. */
export interface Piece {
  readonly device: string;
  readonly piece: CommitPiece;
}

export interface LogLine {
  readonly device: string;
  readonly project: string;
  readonly service: string;
  readonly container: string;
  readonly id: string;
  readonly time: string;
  readonly text: string;
  readonly level?: Level | undefined;
  /** Something is missing here. */
  readonly isGap: boolean;
  /** As it stands in git. */
  readonly record: object;
}

const gapWords: Readonly<Record<GapReason, string>> = {
  rotated: 'the engine had removed them before they were read',
  rate: 'more than the app may say in a second',
  budget: 'more than may be sent in a day',
  spool: 'no room was left on the device',
  clock: 'stamped in the future',
  unreadable: 'they could not be read',
};

/** @returns the records of a piece of a log; none of anything else */
export function linesOf({ device, piece }: Piece): LogLine[] {
  if (piece.kind !== 'log') return [];
  const { project, service, container } = piece.place;
  return piece.records.map(record => {
    const { sequence, time } = record;
    const id = `${device}/${container}/${sequence}`;
    const about = { device, project, service, container, id, time, record };
    if (record.kind === 'log') return { ...about, text: record.text, level: record.level, isGap: false };
    const { lines, reason } = record;
    const missing = lines === undefined ? 'some lines' : lines === 1 ? '1 line' : `${lines} lines`;
    return { ...about, text: `${missing} missing: ${gapWords[reason]}`, isGap: true };
  });
}

/** By time, and what has the same by its number; times of RFC 3339 with more or less digits. */
export function inOrder(lines: readonly LogLine[]): LogLine[] {
  return lines.toSorted((left, right) => {
    const [a, b] = [sortable(left.time), sortable(right.time)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

/** `…:00.5Z` → `…:00.500000000`. */
export function sortable(time: string): string {
  const [second = '', fraction = ''] = time.slice(0, -1).split('.');
  return `${second}.${fraction.padEnd(9, '0')}`;
}

export function isAtLeast(line: LogLine, least: Level | undefined): boolean {
  if (least === undefined || line.isGap) return true;
  return line.level !== undefined && levels.indexOf(line.level) >= levels.indexOf(least);
}
