/** The text of a pattern in RE2's syntax, taken piece by piece, and what its escapes stand for. */

const escapes: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const maxCode = 0x10ffff;

export const codeOf = (character: string): number => character.codePointAt(0) ?? 0;

export class Re2Text {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  get isAtEnd(): boolean {
    return this.#rest === '';
  }

  /** The next character, whole. */
  next(): string {
    const [character] = this.#rest;
    if (character === undefined) throw new Error('an end in the middle');
    this.#rest = this.#rest.slice(character.length);
    return character;
  }

  /** What a pattern that begins with `^` finds here. */
  takes(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.#rest) ?? undefined;
    this.#rest = this.#rest.slice(found?.[0].length ?? 0);
    return found;
  }

  /** After `\p` or `\P`: a category or a script of Unicode. */
  property(isNegated: boolean): string {
    const [, not, long, short] = this.takes(/^(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/) ?? [];
    const name = long ?? short;
    if (name === undefined) throw new Error('a property without a name');
    const property = name.length <= 2 || name === 'Any' ? name : `Script=${name}`;
    return `\\${isNegated !== (not === '^') ? 'P' : 'p'}{${property}}`;
  }

  /** The character that an escape stands for, its first character taken. */
  code(character: string): number {
    const known = escapes[character];
    if (known !== undefined) return known;
    if (character === 'x') return this.#hexadecimal();
    if (/[0-7]/.test(character)) return this.#octal(character);
    if (/[^\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/.test(character) && character !== ' ')
      throw new Error('an escape that RE2 does not have');
    return codeOf(character);
  }

  #octal(first: string): number {
    const digits = this.takes(/^[0-7]{0,2}/)?.[0] ?? '';
    if (first !== '0' && digits === '') throw new Error('a reference back');
    return Number.parseInt(first + digits, 8);
  }

  #hexadecimal(): number {
    const [whole, long, short] = this.takes(/^(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))/) ?? [];
    const code = Number.parseInt(long ?? short ?? '', 16);
    if (whole === undefined || code > maxCode) throw new Error('a wrong hexadecimal number');
    return code;
  }
}
