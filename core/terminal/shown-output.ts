/**
 * What a program puts out, for a terminal that is not its own: of who watches, joins, plays or looks on as a guest. Text, colours
 * and places stay. What would make a terminal answer (the answer is typed into whatever listens there), reach its clipboard, title
 * or printer, or report the mouse, is left out. Sources: ECMA-48; ctlseqs of xterm.
 */

type State = 'text' | 'escape' | 'intermediate' | 'sequence' | 'string' | 'string-escape';

const [enq, bel, can, sub, esc, percent] = [0x05, 0x07, 0x18, 0x1a, 0x1b, 0x25];
/** Longer is no sequence of a program. */
const maxSequenceBytes = 64;
/** A string that never ends hides no more than that. */
const maxStringBytes = 8192;
/** OSC, DCS, SOS, PM, APC: strings with an end of their own. */
const strings = new Set([...']PX^_'].map(letter => letter.charCodeAt(0)));
/** Without a prefix or an intermediate. */
const plainFinals = new Set('@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu');
/** Of `CSI ? … h` and `l`: keys, columns, screens, cursor, wrapping. Those of mouse, focus and pastes make a terminal send. */
const shownModes = new Set([1, 3, 5, 6, 7, 12, 25, 45, 47, 1047, 1048, 1049, 2026]);
const plainModes = new Set([4, 20]);

/** Leaves a terminal as a shell wants it, its characters first: not every terminal knows of a soft reset. */
export const terminalReset = '\u000f\u001b(B\u001b[!p\u001b[?1049l\u001b[?25h\u001b[0m';

export class ShownOutput {
  #state: State = 'text';
  #held: number[] = [];
  #length = 0;
  /** The first byte of what may be a control character in UTF-8. */
  #lead = false;

  /** What of these bytes may be shown now; a sequence is shown when it is whole. */
  filter(bytes: Uint8Array): Buffer {
    const shown: number[] = [];
    for (const byte of bytes) this.#take(byte, shown);
    return Buffer.from(shown);
  }

  #take(byte: number, shown: number[]): void {
    if (byte === can || byte === sub) this.#reset();
    else if (this.#state === 'text') this.#takeText(byte, shown);
    else if (this.#state === 'escape') this.#takeEscape(byte, shown);
    else if (this.#state === 'intermediate') this.#takeIntermediate(byte, shown);
    else if (this.#state === 'sequence') this.#takeSequence(byte, shown);
    else this.#takeString(byte);
  }

  #takeIntermediate(byte: number, shown: number[]): void {
    if (byte === esc) {
      this.#state = 'escape';
      return;
    }
    // A terminal does what a control character says, and goes on with the sequence.
    if (byte < 0x20) return;
    this.#held.push(byte);
    // `ESC % @` takes UTF-8 from a terminal: one byte is then a sequence's beginning.
    if (byte >= 0x30) this.#end(byte <= 0x7e && this.#held[1] !== percent, shown);
    else if (this.#held.length > maxSequenceBytes) this.#reset();
  }

  #takeString(byte: number): void {
    this.#length += 1;
    if (this.#state === 'string-escape' && byte !== esc) {
      if (byte === 0x5c) this.#reset();
      else this.#state = 'string';
      return;
    }
    if (byte === bel || this.#length > maxStringBytes) this.#reset();
    else if (byte === esc) this.#state = 'string-escape';
  }

  #takeText(byte: number, shown: number[]): void {
    if (this.#lead) {
      this.#lead = false;
      // U+0080 to U+009F: CSI, OSC and the others in one character.
      if (byte >= 0x80 && byte <= 0x9f) return;
      shown.push(0xc2);
    }
    if (byte === 0xc2) this.#lead = true;
    else if (byte === esc) this.#state = 'escape';
    else if (byte !== enq) shown.push(byte);
  }

  #takeEscape(byte: number, shown: number[]): void {
    this.#held = [esc, byte];
    if (byte === 0x5b) this.#state = 'sequence';
    else if (strings.has(byte)) {
      this.#state = 'string';
      this.#length = 0;
    } else if (byte >= 0x20 && byte <= 0x2f) this.#state = 'intermediate';
    // `ESC Z` asks who the terminal is.
    else if (byte !== esc) this.#end(byte >= 0x30 && byte <= 0x7e && byte !== 0x5a, shown);
  }

  #takeSequence(byte: number, shown: number[]): void {
    if (byte === esc) {
      this.#state = 'escape';
      return;
    }
    if (byte < 0x20 || byte > 0x7e) return;
    this.#held.push(byte);
    if (byte >= 0x40) this.#end(isShown(Buffer.from(this.#held).toString('latin1')), shown);
    else if (this.#held.length > maxSequenceBytes) this.#reset();
  }

  #end(isShown: boolean, shown: number[]): void {
    if (isShown) shown.push(...this.#held);
    this.#reset();
  }

  #reset(): void {
    this.#state = 'text';
    this.#held = [];
  }
}

/** @param sequence from ESC to its last character */
function isShown(sequence: string): boolean {
  const [, prefix = '', numbers = '', intermediate = '', final = ''] =
    /^\[([<=>?]?)([\d;:]*)([ -/]*)([@-~])$/.exec(sequence.slice(1)) ?? [];
  const modes = numbers.split(';').map(Number);
  if (prefix === '?' && intermediate === '')
    return (final === 'h' || final === 'l') && modes.every(mode => shownModes.has(mode));
  if (prefix !== '') return false;
  // The shape of the cursor; a soft reset.
  if (intermediate !== '')
    return (intermediate === ' ' && final === 'q') || (intermediate === '!' && final === 'p');
  if (final === 'h' || final === 'l') return modes.every(mode => plainModes.has(mode));
  return plainFinals.has(final);
}
