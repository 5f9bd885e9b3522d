import { floatOf } from './cast.ts';

const powers: Readonly<Record<string, number>> = { '': 0, b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Bytes of a size such as `64m`, `1.5GiB`, `1 gb`, `1024`; units are powers of 1024. Undefined: it is none, or more
 * than 64 bits hold. Source: Compose specification, byte values.
 */
export function parseBytes(text: string): number | undefined {
  const match = /^([^ ]*[\d.]) ?(?:([bkmgtp]?)|([kmgtp])i?b)$/i.exec(text);
  const amount = floatOf(match?.[1] ?? '');
  if (match === null || amount === undefined || amount < 0) return undefined;
  const power = powers[(match[2] ?? match[3] ?? '').toLowerCase()] ?? 0;
  const size = Math.trunc(amount * 1024 ** power) || 0;
  return size < 2 ** 63 ? size : undefined;
}
