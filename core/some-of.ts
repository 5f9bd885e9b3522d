/** The first of the names, and how many more there are: `a, b and 3 more`. */
export function someOf(names: readonly string[], most = 5): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/** Lines for a list: the last says how many more there are, with `what` they are. */
export const atMost = (lines: readonly string[], most: number, what = ''): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more${what}`];
