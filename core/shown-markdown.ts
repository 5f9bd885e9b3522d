/**
 * Text of a stranger (a device, a branch) in a page that a forge renders: shown as it is, and nothing else. Escapes do not do:
 * forges look for mentions, issue numbers and addresses in what is already rendered. In a code span they look for nothing.
 */
import { shortened } from './shown-text.ts';

/** @param length characters that are shown at most. @returns a code span, or nothing for nothing. */
export function code(text: string, length = 80): string {
  const visible = text
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    // Not seen, or turning the direction of what follows.
    .replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, '')
    // Many on one letter, they cover the lines above and below.
    .replace(/(\p{M}{8})\p{M}+/gu, '$1')
    // The end of a code span, the end of a cell, and what escapes it there.
    .replaceAll('`', "'")
    .replaceAll('|', '¦')
    .replaceAll('\\', '⧵')
    .trim();
  if (visible === '') return '';
  return `\`${shortened(visible, length)}\``;
}
