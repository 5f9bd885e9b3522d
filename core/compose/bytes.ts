const powers: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Bytes of a size such as `64m`, `1.5GiB`, `1024`; units are powers of 1024. Undefined: it is none.
 * Source: Compose specification, byte values.
 */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+) ?([kmgtp]?)(?:i?b)?$/i.exec(text);
  if (match === null) return undefined;
  const power = powers[(match[2] ?? '').toLowerCase()] ?? 0;
  const size = Math.trunc(Number(match[1]) * 1024 ** power);
  return Number.isFinite(size) && size < 2 ** 63 ? size : undefined;
}
