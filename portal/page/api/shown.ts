/** What strangers wrote (devices, commits, logs, labels of images), made fit to be looked at, once, where it comes in. */
import { printable } from '../../../core/shown-text.ts';

/** Ends of lines and tabs stay: a listing has them. */
const shownText = (text: string): string =>
  text
    .split('\n')
    .map(line => line.split('\t').map(printable).join('\t'))
    .join('\n');

/** For `JSON.parse`: of every text and every name, what is not seen, or steers what is, stands there as its escape. */
export function shown(_name: string, value: unknown): unknown {
  if (typeof value === 'string') return shownText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [shownText(name), inner]));
}
