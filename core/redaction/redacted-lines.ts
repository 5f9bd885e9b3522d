/** A program's last words without what must stay on the device: known secrets, and what looks like one. */
import { hidden } from './hidden.ts';
import { KeyLines } from './private-key.ts';
import { Redactor } from './redactor.ts';
import { withoutTerminalCodes } from './terminal-codes.ts';

/** Beyond it a line is cut: what follows is read by nobody, and patterns cost their length. */
const longestLine = 2_000;

/** @returns the lines, each without control codes of terminals, and none longer than is of use */
export function redacted(lines: readonly string[], secrets: Iterable<string>): string[] {
  const known = new Redactor({ secrets });
  const alike = new Redactor({ patterns: ['bearer', 'credentials', 'url-password'] });
  const keys = new KeyLines();
  return lines.map(line => {
    const plain = withoutTerminalCodes(line);
    if (keys.take(plain)) return hidden;
    return alike.hide(known.hide(plain).slice(0, longestLine));
  });
}
