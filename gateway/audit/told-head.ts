/** The head of the audit log as others are told it: whoever keeps one can hold the gateway to it. */
import type { ChainPlace } from '../../core/audit/audit-entry.ts';
import type { Message } from '../notify/messages/message.ts';
import type { EventDelivery } from '../sinks/delivery.ts';

/** A head as it is told to others, who then hold the gateway to it. */
export interface AuditHead extends ChainPlace {
  /** Of the branch, that has it. */
  readonly commit: string;
  /** When it was committed, milliseconds since the epoch. */
  readonly timeMs: number;
}

/** What a sink takes it for: an event of the gateway itself. A device may have the same name, and has another `commit`. */
export function headDelivery(fleet: string, head: AuditHead): EventDelivery {
  const { seq, hash, commit, timeMs } = head;
  const time = new Date(timeMs).toISOString();
  const text = `audit log up to ${seq}:${hash}`;
  return {
    kind: 'event',
    id: `gateway/audit/${seq}`,
    origin: { fleet, device: 'gateway', labels: {}, groups: [], commit, commitMs: timeMs },
    record: {
      kind: 'event',
      sequence: seq,
      time,
      name: 'audit.head',
      text,
      level: 'info',
      fields: { seq, hash },
    },
  };
}

/** In each sign of life. */
export function headVitals(head: AuditHead | undefined): NonNullable<Message['data']> {
  return head === undefined ? {} : { auditHead: `${head.seq}:${head.hash}` };
}
