/** What becomes of the records of one container: they are put into segments. */
import type { LineRecord } from '../../../core/telemetry/lines/line-pipeline.ts';
import type { LogEntry } from '../../runtime/runtime.ts';
import type { MakeMark } from './mark.ts';

/** Takes records, and where reading has to go on so that one is made again. */
export interface RecordTaker {
  add(record: LineRecord, from: MakeMark): void;
  /** Of a line that is a record as it stands, but for its level. @returns false: it has to be looked at more closely */
  addPlain(line: LogEntry, sequence: number, from: MakeMark): boolean;
}
