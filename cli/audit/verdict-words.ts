/** What a look at the audit log found, for people. */
import { defaultAuditKeep } from '../../core/audit/audit-piece.ts';
import type { AuditVerdict } from '../../core/audit/audit-verify.ts';
import { parseDuration } from '../../core/duration.ts';
import type { FleetFile } from '../../schemas/types.generated.ts';
import type { EntryTimes } from './entry-times.ts';

export function faultLines({ faults, faultCount }: AuditVerdict): string[] {
  const lines = faults.map(({ code, where, message }) => `${code} ${where}: ${message}`);
  return faultCount > faults.length ? [...lines, `… and ${faultCount - faults.length} more`] : lines;
}

export interface Kept {
  readonly times: Pick<EntryTimes, 'firstTime' | 'turnedBack'>;
  readonly nowMs: number;
}

/** What is no fault, and has to be known. */
export function noteLines(
  { base, older }: AuditVerdict,
  { audit }: FleetFile,
  { times: { firstTime, turnedBack }, nowMs }: Kept,
): string[] {
  const notes = older.map(
    ({ from, seq }) =>
      `${from} knows entry ${seq}, which is not kept any longer: what came until then cannot be compared`,
  );
  if (turnedBack !== undefined) {
    const { count, seq } = turnedBack;
    const times = count === 1 ? 'once' : `${count} times`;
    notes.push(
      `the gateway’s clock went back ${times}, first at entry ${seq}: what is asked for by time may leave entries out`,
    );
  }
  if (base.seq === 0) return notes;
  notes.push(
    `entries up to ${base.seq} are not kept any longer; the log is whole from ${firstTime ?? 'there'} on`,
  );
  const keep = audit?.keep ?? defaultAuditKeep;
  if (firstTime === undefined || Date.parse(firstTime) <= nowMs - parseDuration(keep)) return notes;
  return [
    ...notes,
    `that is less than \`audit.keep\` (${keep}): it was shorter then, or somebody has cut the log`,
  ];
}
