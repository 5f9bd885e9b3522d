/** Numbers of bytes as people write them in files: `10MiB`. */
const bytesOf: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/**
 * @param text as `size` of common.schema.json allows it
 * @returns bytes
 * @throws RangeError where the text is no size or not a safe integer
 */
export function parseSize(text: string): number {
  const match = /^([0-9]+)(B|KiB|MiB|GiB)$/.exec(text);
  const bytes = Number(match?.[1]) * (bytesOf[match?.[2] ?? ''] ?? Number.NaN);
  if (!Number.isSafeInteger(bytes)) throw new RangeError(`not a size: ${text}`);
  return bytes;
}

/** The shortest writing of a number of bytes: 10_485_760 → `10MiB`. */
export function formatSize(bytes: number): string {
  const unit = ['GiB', 'MiB', 'KiB'].find(name => bytes > 0 && bytes % (bytesOf[name] ?? 1) === 0) ?? 'B';
  return `${bytes / (bytesOf[unit] ?? 1)}${unit}`;
}
