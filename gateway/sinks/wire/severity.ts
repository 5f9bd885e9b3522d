/** How serious a record is, in the numbers of syslog (RFC 5424, 6.2.1), which GELF has too. */
import type { Level } from '../../../core/telemetry/record/record.ts';
import type { EventDelivery, LogDelivery } from '../delivery.ts';

const severities: Readonly<Record<Level, number>> = {
  trace: 7,
  debug: 7,
  info: 6,
  warn: 4,
  error: 3,
  fatal: 2,
};

/** What Docker's drivers say: stderr is an error, anything else information; a level that the app names goes before. */
export function severityOf({ record }: LogDelivery | EventDelivery): number {
  if (record.kind === 'gap') return severities.warn;
  if (record.level !== undefined) return severities[record.level];
  return record.kind === 'log' && record.stream === 'stderr' ? severities.error : severities.info;
}
