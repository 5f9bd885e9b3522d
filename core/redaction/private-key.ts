/** Private keys in PEM (RFC 7468), OpenSSH's and OpenPGP's armour: in one line, or over many. */
import { type Stretch, without } from './hidden.ts';

const begins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/gu;
const ends = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/gu;
/** An RSA key of 16384 bits has 250 lines. What goes on for longer is no key, and would hide a log for ever. */
const mostLines = 260;
/** A line of base64 by its end: in front there may be what a logger writes. */
const keyEnd = /^[A-Za-z0-9+/=]{30}$/u;
/** Headers of an armour (RFC 1421, 4.6), and the last line of a key. */
const mostOthers = 4;

/** Of one text: from where a key begins to where it ends, or to the end. */
export function hideKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  const found: Stretch[] = [];
  begins.lastIndex = 0;
  for (let begin = begins.exec(text); begin !== null; begin = begins.exec(text)) {
    ends.lastIndex = begins.lastIndex;
    const end = ends.exec(text) === null ? text.length : ends.lastIndex;
    found.push([begin.index, end]);
    begins.lastIndex = end;
  }
  return without(text, found);
}

/** Lines of one stream, of which some are a key's. */
export class KeyLines {
  #left = 0;
  #others = 0;

  /** Whether the next line may be a key's. */
  get isOpen(): boolean {
    return this.#left > 0;
  }

  /** @returns whether this line is a key's, or has the beginning of one: it is hidden whole */
  take(line: string): boolean {
    if (this.#left === 0 && !line.includes('PRIVATE KEY')) return false;
    const begin = line.search(begins);
    if (begin !== -1) {
      this.#left = line.includes('-----END ', begin) ? 0 : mostLines;
      this.#others = 0;
      return true;
    }
    if (this.#left === 0) return false;
    const isEnd = line.includes('-----END ');
    this.#others = keyEnd.test(line.trimEnd().slice(-30)) ? 0 : this.#others + 1;
    if (!isEnd && this.#others > mostOthers) {
      this.#left = 0;
      return false;
    }
    this.#left = isEnd ? 0 : this.#left - 1;
    return true;
  }
}
