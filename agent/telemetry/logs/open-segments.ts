/** Records of one container that are not in the spool yet, by class. */
import type { LineRecord } from '../../../core/telemetry/lines/line-pipeline.ts';
import type { Fields, Level } from '../../../core/telemetry/record/record.ts';
import { packSegment, segmentLine } from '../../../core/telemetry/record/segment.ts';
import { type LogClass, segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import type { Piece } from '../collector.ts';
import type { Mark } from './mark.ts';

/** Lines of JSON, characters: what it is worth to wait for (bench/telemetry). */
export const fullLength = 192 * 1024;

export interface LoggedContainer {
  readonly id: string;
  readonly project: string;
  readonly service: string;
}

interface OpenSegment {
  readonly sequence: number;
  /** Where its first record was read. */
  readonly from: Mark;
  readonly lines: string[];
  length: number;
}

/** Closed, on its way into the spool. */
export interface ClosedSegment {
  readonly from: Mark;
  readonly piece: Piece;
}

const classes: readonly LogClass[] = ['debug', 'log', 'error'];

export function classOf(level: Level | undefined): LogClass {
  if (level === 'error' || level === 'fatal') return 'error';
  return level === 'debug' || level === 'trace' ? 'debug' : 'log';
}

export class OpenSegments {
  readonly #container: LoggedContainer;
  readonly #open = new Map<LogClass, OpenSegment>();

  constructor(container: LoggedContainer) {
    this.#container = container;
  }

  /** @param from where reading has to go on so that this record is made again */
  add(record: LineRecord, from: Mark): LogClass {
    const logClass = record.kind === 'gap' ? 'log' : classOf(record.level);
    let open = this.#open.get(logClass);
    if (open === undefined) {
      open = { sequence: record.sequence, from, lines: [], length: 0 };
      this.#open.set(logClass, open);
    }
    const line = segmentLine(record);
    open.lines.push(line);
    open.length += line.length;
    return logClass;
  }

  /** Characters in memory. */
  get length(): number {
    let sum = 0;
    for (const { length } of this.#open.values()) sum += length;
    return sum;
  }

  get isFull(): boolean {
    for (const { length } of this.#open.values()) if (length >= fullLength) return true;
    return false;
  }

  /** @returns the earliest place from which anything here was read */
  get from(): Mark | undefined {
    let first: Mark | undefined;
    for (const { from } of this.#open.values()) if (first === undefined || from.at < first.at) first = from;
    return first;
  }

  /** Closes those that are full, or all. */
  *close(which: 'full' | 'all', shared: Fields): Generator<ClosedSegment> {
    for (const logClass of classes) {
      const open = this.#open.get(logClass);
      if (open === undefined || (which === 'full' && open.length < fullLength)) continue;
      this.#open.delete(logClass);
      const { sequence, from, lines } = open;
      const { id, project, service } = this.#container;
      const container = id.slice(0, 12);
      const path = segmentPath({ kind: 'logs', class: logClass, project, service, container, sequence });
      yield {
        from,
        piece: { path, class: logClass, records: lines.length, bytes: packSegment(lines, shared) },
      };
    }
  }
}
