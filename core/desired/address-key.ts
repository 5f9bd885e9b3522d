/** One text for each address: `::1` and `0:0::1` are one, `::ffff:10.0.0.1` is `10.0.0.1`. What is none stays as it is. */
export function addressKey(address: string): string {
  const url = address.includes(':') ? `http://[${address}]` : `http://${address}`;
  const host = URL.canParse(url) ? new URL(url).hostname : address;
  const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host);
  if (mapped === null) return host;
  const [high, low] = [mapped[1], mapped[2]].map(part => Number.parseInt(part ?? '', 16));
  return [(high ?? 0) >> 8, (high ?? 0) & 255, (low ?? 0) >> 8, (low ?? 0) & 255].join('.');
}
