/** Words of the catalogue, with what stands in them. */
import { en, type Key } from './en.ts';

export type Values = Readonly<Record<string, string | number>>;

const language = 'en';
const plural = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);
const catalogue: Readonly<Record<string, string | Readonly<Record<string, string>>>> = en;

/** A number as people of this language write it. */
export const written = (value: number): string => numbers.format(value);

/** @param values for `{name}`; `count` chooses between forms */
export function say(key: Key, values: Values = {}): string {
  return filled(key, values);
}

/** Of a key that is put together of what the server says; the word itself where there is none for it. */
export function sayOf(room: string, word: string): string {
  return Object.hasOwn(catalogue, `${room}.${word}`) ? filled(`${room}.${word}`, {}) : word;
}

function filled(key: string, values: Values): string {
  const entry = catalogue[key] ?? key;
  const text =
    typeof entry === 'string'
      ? entry
      : (entry[plural.select(Number(values.count ?? 0))] ?? entry.other ?? key);
  return text.replace(/\{(\w+)\}/g, (found, name: string) => {
    const value = values[name];
    if (value === undefined) return found;
    return typeof value === 'number' ? written(value) : value;
  });
}
