/** What `_bulk` answers, document by document. */
import { TowlineError } from '../../../core/errors.ts';
import { fieldsOf, isFields } from '../../../core/json.ts';
import { jsonAnswer } from './json-answer.ts';

export type Verdict =
  | { readonly kind: 'taken' }
  /** For good. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It would be taken at another time (`busy`), or once a person has changed something (`denied`). */
  | { readonly kind: 'busy' | 'denied'; readonly reason: string };

const taken: Verdict = { kind: 'taken' };
const maxReasonLength = 500;

/**
 * @param count of documents that were sent
 * @throws TowlineError TELEMETRY_ANSWER_UNREADABLE
 */
export function readBulkAnswer(body: Buffer, count: number): readonly Verdict[] {
  const { items, errors } = jsonAnswer(body, '_bulk');
  if (!Array.isArray(items) || items.length !== count || typeof errors !== 'boolean') {
    const found = Array.isArray(items) ? `${items.length} items` : 'no items';
    throw unreadable(`${found} for ${count} documents`);
  }
  return errors ? items.map(verdictOf) : items.map(() => taken);
}

function unreadable(what: string): TowlineError {
  return new TowlineError(
    'TELEMETRY_ANSWER_UNREADABLE',
    `_bulk answered with what is no answer of it: ${what}`,
  );
}

function verdictOf(item: unknown): Verdict {
  const { status, error } = fieldsOf(Object.values(fieldsOf(item))[0]);
  if (typeof status !== 'number') throw unreadable('an item without a status');
  // 409: it was sent before, and that one counts.
  if ((status >= 200 && status < 300) || status === 409) return taken;
  const reason = `${status} ${reasonOf(error)}`.slice(0, maxReasonLength);
  if (status === 429 || status >= 500) return { kind: 'busy', reason };
  // Rights, an index that may not be made, one that was set to read only: nothing is wrong with the document.
  return status === 401 || status === 403 || status === 404
    ? { kind: 'denied', reason }
    : { kind: 'refused', reason };
}

function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { type, reason, caused_by: cause } = fieldsOf(error);
  const words = [type, reason].filter(word => typeof word === 'string').join(': ');
  return isFields(cause) ? `${words} (${reasonOf({ ...cause, caused_by: undefined })})` : words;
}
