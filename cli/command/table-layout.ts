/**
 * How a table fits a terminal: columns in which nothing stands are left out, and the widest give way, whose cells go on
 * below. Where not even the narrowest fit, each row is a record: its cells stand below each other.
 */

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
      const end = endOfPiece(line, width);
      lines.push(line.slice(0, end));
      line = line.slice(end);
    }
  }
  return [...lines, line];
}

/** Halves of a character stay together: alone, each would be shown as its escape. */
function endOfPiece(text: string, width: number): number {
  const high = text.charCodeAt(width - 1);
  return width > 1 && high >= 0xd800 && high <= 0xdbff ? width - 1 : width;
}

const saysNothing = (cell: string): boolean => cell === '' || cell === '-';

/** Columns in which something stands in some row. */
export function saidColumns(count: number, rows: readonly (readonly string[])[]): number[] {
  const all = Array.from({ length: count }, (_, column) => column);
  return all.filter(column => rows.some(row => !saysNothing(row[column] ?? '')));
}

/** Rows as records, with an empty line between them: a cell stands behind its title, and empty ones are left out. */
export function recordLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const titles = Math.max(...head.map(title => title.length));
  const room = Math.max(leastWidth, width - titles - 2);
  const records = rows.map(row =>
    head.flatMap((title, column) => {
      const cell = row[column] ?? '';
      const lines = saysNothing(cell) ? [] : cellLines(cell, room);
      return lines.map((line, at) => `${(at === 0 ? title : '').padEnd(titles)}  ${line}`);
    }),
  );
  return records.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
}
