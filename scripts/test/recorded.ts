/** What the record of a run says of each file, and which of them the engine has failed. */
import { existsSync, readFileSync } from 'node:fs';
import type { Absence } from '../../lab/machine/engine-watch.ts';
import type { RecordLine } from './record.ts';

/** Times are milliseconds since 1970. */
export interface FileRun {
  readonly file: string;
  readonly begun: number;
  /** Absent while it runs. */
  readonly ended?: number;
  readonly failures: readonly { readonly name: string; readonly from: number; readonly at: number }[];
}

/** The lines that are whole so far. */
function recordLines(recordFile: string): RecordLine[] {
  if (!existsSync(recordFile)) return [];
  const text = readFileSync(recordFile, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter(line => line !== '')
    .map((line): RecordLine => JSON.parse(line));
}

export function fileRuns(recordFile: string): FileRun[] {
  const runs = new Map<string, FileRun>();
  for (const line of recordLines(recordFile)) {
    const { file } = line;
    const run = runs.get(file) ?? { file, begun: line.kind === 'failed' ? line.from : line.at, failures: [] };
    if (line.kind === 'ended') runs.set(file, { ...run, ended: line.at });
    else if (line.kind === 'failed') {
      const { name, from, at } = line;
      runs.set(file, { ...run, failures: [...run.failures, { name, from, at }] });
    } else runs.set(file, run);
  }
  return [...runs.values()];
}

/**
 * Files that ran while the engine was away, and in which nothing had failed before: what fails there, also afterwards (its
 * containers are gone), says nothing of the code.
 */
export function failedByEngine(runs: readonly FileRun[], absences: readonly Absence[]): string[] {
  const isTaken = ({ begun, ended = Number.POSITIVE_INFINITY, failures }: FileRun) =>
    failures.length > 0 &&
    absences.some(
      ({ from, to }) => begun <= to && ended >= from && failures.every(failure => failure.at >= from),
    );
  return runs.filter(isTaken).map(({ file }) => file);
}

/** Red is 1. What was red and green the second time is green, where it is known of each red file that it ran again. */
export function verdict(
  first: { readonly code: number; readonly files: readonly FileRun[] },
  again: {
    readonly files: readonly string[];
    readonly code: number;
  },
): number {
  const red = first.files.filter(({ failures }) => failures.length > 0).map(({ file }) => file);
  const allAgain = red.length > 0 && red.every(file => again.files.includes(file));
  return first.code === 1 && allAgain ? again.code : first.code;
}
