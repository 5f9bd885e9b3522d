/** What differs between two values of JSON, place by place. */
import { pointerOf } from '../fleet/json-pointer.ts';
import { isFields } from '../json.ts';

export interface ValueChange {
  /** JSON pointer; of a list the whole list, and of what has more than `mostChanges` of them. */
  readonly at: string;
  /** Absent: it was not there. */
  readonly from?: unknown;
  /** Absent: it is not there any more. */
  readonly to?: unknown;
}

/** More of one place are told as one: none is left out, and none hidden behind others. */
export const mostChanges = 200;

/** In the order of the keys. */
export function valueChanges(from: unknown, to: unknown, at = ''): ValueChange[] {
  if (isFields(from) && isFields(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    const changes = keys.flatMap(key =>
      valueChanges(ownOf(from, key), ownOf(to, key), at + pointerOf([key])),
    );
    return at === '' || changes.length <= mostChanges ? changes : [{ at, from, to }];
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ at, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
}

/** Its own: a stranger may choose the key, and every object has a `constructor`. */
export const ownOf = <Value>(fields: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(fields, key) ? fields[key] : undefined;

/** Of a value that is shown, characters. */
const shownLength = 100;

/** `"Hello"`, `[80,443]`: on one line, cut. */
export function valueWords(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

/** `+ Hi`, `- Hello`, `Hello → Hi` */
export function changeWords({ from, to }: ValueChange): string {
  if (from === undefined) return `+ ${valueWords(to)}`;
  return to === undefined ? `- ${valueWords(from)}` : `${valueWords(from)} → ${valueWords(to)}`;
}
