/** Words of a device, a person or a program as others may be shown them. */
import { printable } from '../shown-text.ts';

const longest = 200;

/** On one line, printable, at most 200 characters. */
export function boundedWords(text: string): string {
  const line = printable(
    text
      .slice(0, 4 * longest)
      .replace(/\s+/g, ' ')
      .trim(),
  );
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
