/** What strangers wrote (devices, commits, logs, labels of images), made fit to be looked at, once, where it comes in. */
import { printable } from '../../../core/shown-text.ts';

/** Ends of lines and tabs stay: a listing has them. */
const shownText = (text: string): string =>
  text
    .split('\n')
    .map(line => line.split('\t').map(printable).join('\t'))
    .join('\n');

/** Every text and every name in it; what is not seen, or steers what is, stands there as its escape. */
export function shown(value: unknown): unknown {
  if (typeof value === 'string') return shownText(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [shownText(name), shown(inner)]));
}
