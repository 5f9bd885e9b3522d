/** The text of a line out of its bytes: within its limit, as UTF-8, without codes of terminals, without what must stay. */
import { hidden } from '../../redaction/hidden.ts';
import { KeyLines } from '../../redaction/private-key.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { withoutTerminalCodes } from '../../redaction/terminal-codes.ts';
import type { RawLine } from './raw-line.ts';

/** A segment's reader takes no longer text. What is put in place of a secret may be longer than it was. */
const longestText = 64 * 1024;

/** Where its last character of UTF-8 begins, if that is not whole; else its end. */
function characterEnd(bytes: Buffer): number {
  let last = bytes.length - 1;
  while (last > 0 && last > bytes.length - 4 && ((bytes[last] ?? 0) & 0xc0) === 0x80) last -= 1;
  const lead = bytes[last] ?? 0;
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return last + size > bytes.length ? last : bytes.length;
}

/** @returns the text, and how many bytes of the line are not in it */
export function decoded({ text: bytes, cut = 0 }: RawLine, maxBytes: number): readonly [string, number] {
  // Who read it may have cut it, too: within a character the beginning of a secret would not be known.
  const isWhole = bytes.length <= maxBytes && cut === 0;
  const end = isWhole ? bytes.length : characterEnd(bytes.subarray(0, maxBytes));
  const text = bytes.toString('utf8', 0, end);
  const plain = withoutTerminalCodes(text);
  return [plain.endsWith('\r') ? plain.slice(0, -1) : plain, cut + bytes.length - end];
}

/** Of one stream, since a key may go on in the next line. */
export class LineHider {
  readonly #redactor: Redactor;
  readonly keys: KeyLines | undefined;

  /** @param before what the lines before these say of a key */
  constructor(redactor: Redactor, before?: KeyLines) {
    this.#redactor = redactor;
    this.keys = redactor.hidesKeys ? (before ?? new KeyLines()) : undefined;
  }

  hide(text: string, isCut: boolean): string {
    if (this.keys?.take(text) === true) return hidden;
    const without = this.#redactor.hide(isCut ? this.#redactor.hideBegun(text) : text);
    return without.length > longestText ? without.slice(0, longestText).toWellFormed() : without;
  }
}
