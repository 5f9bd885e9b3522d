/** The reader's own pattern, at the reader's own desk: one that goes astray is broken off. */
import { createContext, Script } from 'node:vm';
import { TowlineError } from '../../core/errors.ts';

/** Texts that are looked through at once. */
const batch = 500;

export class Grep {
  readonly #pattern: RegExp;
  readonly #longestMs: number;
  readonly #script = new Script('texts.map(text => pattern.test(text))');

  /** @param longestMs for 500 texts. @throws TowlineError CLI_USAGE */
  constructor(pattern: string, longestMs = 2000) {
    this.#longestMs = longestMs;
    try {
      this.#pattern = new RegExp(pattern, 'u');
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : '';
      throw new TowlineError('CLI_USAGE', `--grep: ${why}`, { cause });
    }
  }

  /** @returns those whose text it finds something in @throws TowlineError CLI_USAGE where it takes too long */
  filter<Item extends { readonly text: string }>(items: readonly Item[]): Item[] {
    const found: Item[] = [];
    for (let at = 0; at < items.length; at += batch) {
      const some = items.slice(at, at + batch);
      const isFound = this.#test(some.map(({ text }) => text));
      found.push(...some.filter((_, index) => isFound[index] === true));
    }
    return found;
  }

  #test(texts: readonly string[]): readonly unknown[] {
    try {
      const context = createContext({ texts, pattern: this.#pattern });
      const answer: unknown = this.#script.runInContext(context, { timeout: this.#longestMs });
      return Array.isArray(answer) ? answer : [];
    } catch (cause) {
      throw new TowlineError('CLI_USAGE', `--grep: the pattern takes longer than ${this.#longestMs} ms`, {
        cause,
      });
    }
  }
}
