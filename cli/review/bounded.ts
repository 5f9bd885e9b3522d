/** Texts and lists as a review has them: a branch may be hostile, and what it says has an end. */
import { printable, shortened } from '../../core/shown-text.ts';
import { atMost } from '../../core/some-of.ts';

/** Of a review as a whole. */
export const maxReviewBytes = 1024 * 1024;
/** Characters of a text. */
const maxText = 300;
/** Names that are told of many. */
const maxNames = 5;

export function bounded(text: string): string {
  const most = 8 * maxText;
  const ends = text.length > most ? `${text.slice(0, most / 2)}${text.slice(-most / 2)}` : text;
  return shortened(printable(ends), maxText);
}

export const firstOf = (names: readonly string[]): { count: number; first: string[] } => ({
  count: names.length,
  first: names.slice(0, maxNames).map(bounded),
});

/** With a last one that says how many more there are. */
export function boundedList(texts: readonly string[], most: number): string[] {
  return [...atMost([...new Set(texts.map(bounded))], most)];
}
