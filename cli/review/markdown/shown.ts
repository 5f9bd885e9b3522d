/** Parts of the comment. What a branch says stands in code spans alone: there it mentions, links and formats nothing. */
import { code } from '../../../core/shown-markdown.ts';

/** Of a review: how many there are, and the first of them. */
export interface Counted {
  readonly count: number;
  readonly first: readonly string[];
}

/** Text of the branch. @param length characters at most */
export const shown = (text: string, length = 200): string => code(text, length) || '—';

export const shownList = (texts: readonly string[], length?: number): string =>
  texts.map(text => shown(text, length)).join(', ');

/** `a`, `b` and 209 more */
export function shownNames({ count, first }: Counted): string {
  const more = count - first.length;
  return `${shownList(first, 80)}${more > 0 ? ` and ${number(more)} more` : ''}`;
}

/** 12,345 */
export const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

/** The first of a list in one cell: a hostile list leaves room for the rest of the page. */
export const shownFirst = (texts: readonly string[], most: number, length: number): string => {
  const more = texts.length - most;
  return `${shownList(texts.slice(0, most), length)}${more > 0 ? ` and ${number(more)} more` : ''}`;
};

/** Cells are ours, or were made by `shown`. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
  '',
];

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** Folded away. @param summary ours: what stands there is no Markdown, and HTML of a stranger would be HTML */
export const details = (summary: string, lines: readonly string[]): string[] => [
  '<details>',
  `<summary>${summary}</summary>`,
  '',
  ...lines,
  '',
  '</details>',
  '',
];
