/** What differs between two values of JSON, place by place. */
import { pointerOf } from '../../core/fleet/json-pointer.ts';
import { isFields } from '../../core/json.ts';

export interface ValueChange {
  /** JSON pointer; of a list the whole list. */
  readonly at: string;
  /** Absent: it was not there. */
  readonly from?: unknown;
  /** Absent: it is not there any more. */
  readonly to?: unknown;
}

/** More are not told apart. */
export const mostChanges = 500;

/** In the order of the keys. */
export function valueChanges(from: unknown, to: unknown, at = ''): ValueChange[] {
  if (isFields(from) && isFields(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return keys.flatMap(key => valueChanges(from[key], to[key], at + pointerOf([key]))).slice(0, mostChanges);
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ at, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
}

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
