/**
 * A pattern of SOPS, which Go matches (RE2's syntax, https://github.com/google/re2/wiki/Syntax), as one of JavaScript
 * that matches the same keys. Only whether it matches is asked: what a group caught, and how much, does not matter.
 * Source: Go's regexp/syntax with its `Perl` flags.
 */
import { classSet, inClass, negated, perlClasses, posixClasses } from './re2-class.ts';
import { codeOf, Re2Text } from './re2-text.ts';

/** More repetitions are none in Go. */
const maxRepeat = 1000;

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

/** @throws Error that says what the pattern has */
export function re2Pattern(pattern: string): RegExp {
  return new RegExp(new Translation(pattern).whole(), 'u');
}

class Translation {
  readonly #text: Re2Text;
  #flags: Flags = { i: false, m: false, s: false };
  readonly #groups: Flags[] = [];

  constructor(pattern: string) {
    this.#text = new Re2Text(pattern);
  }

  whole(): string {
    let text = '';
    while (!this.#text.isAtEnd) text += this.#part();
    if (this.#groups.length > 0) throw new Error('a group without its end');
    return text;
  }

  #part(): string {
    const character = this.#text.next();
    if (character === '|') return '|';
    if (character === '(') return this.#open();
    if (character === ')') return this.#close();
    if (/[*+?]/.test(character)) throw new Error('a repetition of nothing');
    const atom = this.#atom(character);
    return (this.#flags.i ? `(?i:${atom})` : atom) + this.#repetition();
  }

  /** Assertions in a group: JavaScript repeats none. */
  #atom(character: string): string {
    const { m, s } = this.#flags;
    if (character === '.') return s ? '[^]' : '[^\\n]';
    if (character === '^') return m ? '(?:(?<![^\\n]))' : '(?:^)';
    if (character === '$') return m ? '(?:(?![^\\n]))' : '(?:$)';
    if (character === '[') return this.#class();
    if (character === '\\') return this.#escape();
    return classSet([codeOf(character)]);
  }

  /** With what makes it lazy left out. */
  #repetition(): string {
    const found = this.#operator();
    if (found === '') return '';
    this.#text.takes(/^\?/);
    if (this.#operator() !== '') throw new Error('a repetition of a repetition');
    return found;
  }

  /** A brace that counts nothing is a character. */
  #operator(): string {
    const [whole, least = '', , most = ''] = this.#text.takes(/^(?:[*+?]|\{(\d+)(,(\d*))?\})/) ?? [];
    if (whole === undefined) return '';
    const isWrong = most !== '' && Number(most) < Number(least);
    if (Math.max(Number(least), Number(most)) > maxRepeat || isWrong) throw new Error('a wrong repetition');
    return whole;
  }

  #open(): string {
    const before = this.#flags;
    const isPlain = this.#text.takes(/^(?!\?)|^\?P?<[A-Za-z0-9_]+>/) !== undefined;
    const [whole, on = '', off = '', end] = isPlain
      ? ['', '', '', ':']
      : (this.#text.takes(/^\?(?!\))([imsU]*)(?:-([imsU]+))?([:)])/) ?? []);
    if (whole === undefined) throw new Error('a group that RE2 does not have');
    const has = (flag: keyof Flags) => (on.includes(flag) || before[flag]) && !off.includes(flag);
    this.#flags = { i: has('i'), m: has('m'), s: has('s') };
    // Flags alone hold to the end of the group around them.
    if (end === ')') return '';
    this.#groups.push(before);
    return '(?:';
  }

  #close(): string {
    const before = this.#groups.pop();
    if (before === undefined) throw new Error('an end of no group');
    this.#flags = before;
    return `)${this.#repetition()}`;
  }

  #escape(): string {
    const character = this.#text.next();
    if (character === 'A') return '(?:^)';
    if (character === 'z') return '(?:$)';
    if (character === 'b' || character === 'B') return `(?:\\${character})`;
    if (character === 'Q') return this.#quoted();
    const perl = perlClasses[character.toLowerCase()];
    if (perl !== undefined) return classSet(perl, /[A-Z]/.test(character));
    if (character === 'p' || character === 'P') return this.#text.property(character === 'P');
    return classSet([this.#text.code(character)]);
  }

  /** Each character for itself: a repetition after them is one of the last. */
  #quoted(): string {
    let text = '';
    while (!this.#text.isAtEnd && this.#text.takes(/^\\E/) === undefined)
      text += classSet([codeOf(this.#text.next())]);
    return text;
  }

  #class(): string {
    const start = this.#text.takes(/^\^/) === undefined ? '[' : '[^';
    let text = '';
    do text += this.#classPart();
    while (this.#text.takes(/^\]/) === undefined);
    return `${start}${text}]`;
  }

  #classPart(): string {
    const [named, not, name = ''] = this.#text.takes(/^\[:(\^?)([a-z]+):\]/) ?? [];
    if (named !== undefined) {
      const ranges = posixClasses[name];
      if (ranges === undefined) throw new Error('a class of an unknown name');
      return inClass(not === '' ? ranges : negated(ranges));
    }
    const character = this.#text.next();
    if (character !== '\\') return this.#range(codeOf(character));
    const escaped = this.#text.next();
    const perl = perlClasses[escaped.toLowerCase()];
    if (perl !== undefined) return inClass(/[A-Z]/.test(escaped) ? negated(perl) : perl);
    if (escaped === 'p' || escaped === 'P') return this.#text.property(escaped === 'P');
    return this.#range(this.#text.code(escaped));
  }

  #range(low: number): string {
    if (this.#text.takes(/^-(?=[^\]])/) === undefined) return inClass([low]);
    const character = this.#text.next();
    const high = character === '\\' ? this.#text.code(this.#text.next()) : codeOf(character);
    if (high < low) throw new Error('a range from high to low');
    return inClass([[low, high]]);
  }
}
