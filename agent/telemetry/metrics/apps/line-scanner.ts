/** One line of an exposition, from left to right: `name{label="value",…} 1.5 [timestamp] [# exemplar]`. */
import type { Labels } from '../series/sample.ts';

const maxNameLength = 255;
const maxValueLength = 512;
/** With those that the agent adds a segment has 32. */
const maxLabels = 24;

const metricStart = /[a-zA-Z_:]/;
const metricPart = /[a-zA-Z0-9_:]/;
const labelStart = /[a-zA-Z_]/;
const labelPart = /[a-zA-Z0-9_]/;
/** As Go's ParseFloat takes it, without the hexadecimal ones. */
const float = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,4})?$/;
const words: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

export class LineScanner {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  metricName(): string | undefined {
    return this.#name(metricStart, metricPart);
  }

  /** None where there are no braces. @returns undefined: not in their form, or too many */
  labels(): Labels | undefined {
    const found = new Map<string, string>();
    this.#blanks();
    if (!this.#takes('{')) return {};
    for (;;) {
      this.#blanks();
      if (this.#takes('}')) return Object.fromEntries(found);
      const name = this.#name(labelStart, labelPart);
      this.#blanks();
      if (name === undefined || !this.#takes('=')) return undefined;
      this.#blanks();
      const value = this.#quoted();
      // What begins with two underscores is Prometheus' own; a label that is there twice has no value.
      if (value === undefined || name.startsWith('__') || found.has(name)) return undefined;
      // An empty label is as good as none.
      if (value !== '') found.set(name, value);
      if (found.size > maxLabels) return undefined;
      this.#blanks();
      if (!this.#takes(',') && this.#line[this.#at] !== '}') return undefined;
    }
  }

  value(): number | undefined {
    const word = this.#word();
    if (float.test(word)) return Number(word);
    return words[word.toLowerCase()];
  }

  /** Only a timestamp may follow, and in OpenMetrics an exemplar. */
  hasEnded(): boolean {
    const rest = this.#line.slice(this.#at).trim();
    const hash = rest.indexOf('#');
    const timestamp = (hash === -1 ? rest : rest.slice(0, hash)).trim();
    return timestamp === '' || float.test(timestamp);
  }

  #name(start: RegExp, part: RegExp): string | undefined {
    const from = this.#at;
    if (!start.test(this.#line[from] ?? '')) return undefined;
    while (part.test(this.#line[this.#at] ?? '')) this.#at += 1;
    const name = this.#line.slice(from, this.#at);
    return name.length <= maxNameLength ? name : undefined;
  }

  /** Between double quotes; `\\`, `\"` and `\n` stand for themselves. */
  #quoted(): string | undefined {
    if (!this.#takes('"')) return undefined;
    let text = '';
    for (; this.#at < this.#line.length; this.#at += 1) {
      const character = this.#line[this.#at] ?? '';
      if (character === '"') {
        this.#at += 1;
        return text.length <= maxValueLength ? text.toWellFormed() : undefined;
      }
      if (character !== '\\') {
        text += character;
        continue;
      }
      this.#at += 1;
      const escaped = this.#line[this.#at];
      if (escaped === undefined) return undefined;
      text += escaped === 'n' ? '\n' : escaped === '"' || escaped === '\\' ? escaped : `\\${escaped}`;
    }
    return undefined;
  }

  #word(): string {
    this.#blanks();
    const from = this.#at;
    while (this.#at < this.#line.length && !this.#isBlank()) this.#at += 1;
    return this.#line.slice(from, this.#at);
  }

  #blanks(): void {
    while (this.#isBlank()) this.#at += 1;
  }

  #isBlank(): boolean {
    const character = this.#line[this.#at];
    return character === ' ' || character === '\t';
  }

  #takes(character: string): boolean {
    if (this.#line[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}
