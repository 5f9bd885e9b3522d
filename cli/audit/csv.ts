/** Comma-separated values, RFC 4180. */

/**
 * What a table program would take for a formula begins with a quote: a device's words must not reckon on somebody's desk. In some
 * languages the wide forms count, too.
 * Source: OWASP, "CSV Injection".
 */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: string): string {
  const text = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
