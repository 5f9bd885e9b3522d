/** How a table fits a terminal: its widest columns give way, and their cells go on below. */

/** Columns are not made narrower than this: words of it can still be read. */
const leastWidth = 10;

/**
 * Widths that fit, or the narrowest that can be read.
 * @param natural the longest cell of each column
 * @param room characters that the cells have together
 */
export function fittingWidths(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= leastWidth) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
    over--;
  }
  return widths;
}

/** The lines of a cell: broken between words, and within one that is longer than the column. */
export function cellLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (joined.length <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
}
