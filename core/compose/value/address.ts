function isVersion4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every(part => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

/** An IPv4 or IPv6 address without zone, as Go's `net.ParseIP` takes it. */
export function isAddress(text: string): boolean {
  if (!text.includes(':')) return isVersion4(text);
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const embedded = last.includes('.');
  if (embedded && !isVersion4(last)) return false;
  const plain = embedded ? groups.slice(0, -1) : groups;
  if (!plain.every(group => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const size = plain.length + (embedded ? 2 : 0);
  return halves.length === 2 ? size < 8 : size === 8;
}
