/** What the events collector must not forget: the next number, how far the engine was heard, what is not in the spool yet. */
import { fieldsOf } from '../../../core/json.ts';

export interface EventState {
  readonly next: number;
  /** `timeNano` of the engine's last event, as JSON's numbers have it; 0: none. */
  readonly heardNano: number;
  /** Written down before it is put into the spool, and put again after a crash: its ids are the same then. */
  readonly open?: OpenSegment;
}

export interface OpenSegment {
  /** Of its first record. */
  readonly sequence: number;
  readonly records: number;
  /** gzip, base64. */
  readonly packed: string;
}

export function parseEventState(json: unknown): EventState | undefined {
  const { next, heardNano, open } = fieldsOf(json);
  if (!isCount(next) || typeof heardNano !== 'number' || !(heardNano >= 0)) return undefined;
  const { sequence, records, packed } = fieldsOf(open);
  if (!isCount(sequence) || !isCount(records) || typeof packed !== 'string') return { next, heardNano };
  return { next, heardNano, open: { sequence, records, packed } };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
