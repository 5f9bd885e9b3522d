/** Takes out of a text what must stay where it is: what is known to be secret, and what looks like it. */
import { hidden } from './hidden.ts';
import { hidesField, type PatternName, patternNames, patterns } from './pattern.ts';

/** Shorter ones stand in words that have nothing to do with them. */
const shortestSecret = 4;

export interface Rules {
  /** Whole values, such as those of an app's secrets; they go in every spelling. */
  readonly secrets?: Iterable<string>;
  /** Texts that an author names; they go as they are. */
  readonly literals?: readonly string[];
  readonly patterns?: readonly PatternName[];
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

/** A secret as it may stand in a line: as it is, line by line, in JSON, in JSON within JSON, in a URL, in base64. */
function spellings(secret: string): string[] {
  const whole = [secret, ...secret.split(/\r?\n/)].map(line => line.trim());
  return whole
    .filter(({ length }) => length >= shortestSecret)
    .flatMap(text => [
      text,
      inJson(text),
      inJson(inJson(text)),
      encodeURIComponent(text.toWellFormed()),
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
    ]);
}

export class Redactor {
  /** The longest first: one may be a part of another. */
  readonly #known: readonly string[];
  readonly #chosen: ReadonlySet<PatternName>;
  readonly #hides: readonly ((text: string) => string)[];

  constructor({ secrets = [], literals = [], patterns: chosen = [] }: Rules) {
    const known = new Set([...[...secrets].flatMap(spellings), ...literals.filter(text => text !== '')]);
    this.#known = [...known].sort((a, b) => b.length - a.length);
    this.#chosen = new Set(chosen);
    // In one order, whatever the author's: `credentials` after what it would cut in two.
    this.#hides = patternNames.filter(name => this.#chosen.has(name)).map(name => patterns[name]);
  }

  /** Whether it changes no text at all. */
  get isIdle(): boolean {
    return this.#known.length === 0 && this.#hides.length === 0;
  }

  /** Whether keys over many lines are looked for, see `KeyLines`. */
  get hidesKeys(): boolean {
    return this.#chosen.has('private-key');
  }

  /** @param text without codes of terminals */
  hide(text: string): string {
    let left = text;
    for (const secret of this.#known) if (left.includes(secret)) left = left.replaceAll(secret, hidden);
    for (const hide of this.#hides) left = hide(left);
    return left;
  }

  /** Of a structured line: some names say that their values are secret. */
  hideField(name: string, value: string | number | boolean): string | number | boolean {
    if (hidesField(name, this.#chosen)) return hidden;
    if (typeof value === 'boolean') return value;
    const text = String(value);
    const without = this.hide(text);
    return without === text ? value : without;
  }

  /** @param text whose end was cut off. @returns it without the beginning of what is known at its end */
  hideBegun(text: string): string {
    for (const secret of this.#known) {
      for (let length = Math.min(secret.length - 1, text.length); length >= shortestSecret; length -= 1) {
        if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + hidden;
      }
    }
    return text;
  }
}
