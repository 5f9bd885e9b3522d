/** At most so many bytes of a text in UTF-8, and no part of a character. */
export function utf8Cut(text: string, maxBytes: number): string {
  // A unit of UTF-16 has three bytes at most.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text.slice(0, maxBytes));
  let end = Math.min(Math.max(0, maxBytes), bytes.length);
  // 10xxxxxx goes on with a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
