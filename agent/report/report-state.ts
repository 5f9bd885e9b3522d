import type { StatusFile } from '../../schemas/types.generated.ts';
import type { LogCursors } from './log-collector.ts';

/** What the report room remembers between passes. */
export interface ReportState {
  /** The telemetry branch's last known commit. */
  readonly tip: string | undefined;
  /** `statusDigest` of the status that was pushed last. */
  readonly pushed: string | undefined;
  /** Day (UTC) and the bytes that were pushed in it. */
  readonly day: string;
  readonly dayBytes: number;
  /** Dropped since the last push. */
  readonly lostLines: number;
  readonly lostBytes: number;
  readonly conditions: StatusFile['conditions'];
  /** What was last said of the projects: a pass that does not get to them goes on saying it. */
  readonly projects: StatusFile['projects'];
  readonly applied: string | undefined;
  readonly cursors: LogCursors;
}

export const emptyReportState: ReportState = Object.freeze({
  tip: undefined,
  pushed: undefined,
  day: '',
  dayBytes: 0,
  lostLines: 0,
  lostBytes: 0,
  conditions: [],
  projects: [],
  applied: undefined,
  cursors: {},
});

/** Narrows what the file says. It has a checksum, so a whole one is as it was written. */
export function parseReportState(json: unknown): ReportState | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  return { ...emptyReportState, ...json };
}
