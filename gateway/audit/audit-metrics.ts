/** What `/metrics` shows of the audit log. */
import { counter, gauge, type Metric } from '../plain-port/metric.ts';

export interface AuditFigures {
  readonly entries: number;
  readonly waiting: number;
  readonly lost: number;
  readonly isUp: boolean;
  readonly isPinned: boolean;
}

export function auditMetrics({ entries, waiting, lost, isUp, isPinned }: AuditFigures): Metric[] {
  const of = (rest: string) => `towline_gateway_audit_${rest}`;
  return [
    gauge(of('entries'), 'Number of the newest entry of the audit log in a commit.', entries),
    gauge(of('waiting'), 'Entries of the audit log that are in no commit yet.', waiting),
    gauge(of('pinned'), '1 where fleet.yaml names the key that signs the audit log.', Number(isPinned)),
    gauge(of('up'), '0 while the audit log cannot be read or committed.', Number(isUp)),
    counter(of('dropped_total'), 'Entries of the audit log that could not be written down.', lost),
  ];
}
